// SPDX-License-Identifier: Apache-2.0
#include "pomona/evaluation/training_metrics.h"

#include <numeric>

namespace pomona {
namespace {

Json split_json(const SplitMetrics& split) {
  return {{"kind", split_kind_name(split.kind)},
          {"holdout", split.holdout},
          {"grouped", split.grouped},
          {"seed", split.seed}};
}

Json pca_json(const PcaMetrics& pca) {
  const std::vector<double>& ratios = pca.explained_variance_ratio;
  return {{"n_components", pca.n_components},
          {"explained_variance_ratio", ratios},
          {"explained_total", std::accumulate(ratios.begin(), ratios.end(), 0.0)},
          {"spectrum_ratio", pca.spectrum_ratio},
          {"scaled", pca.scaled}};
}

Json classifier_json(const ClassifierMetrics& classifier) {
  return {{"kind", classifier_kind_name(classifier.kind)},
          {"temperature", classifier.temperature},
          {"iterations", classifier.iterations},
          {"converged", classifier.converged},
          {"objective", classifier.objective}};
}

}  // namespace

Json metrics_json(const TrainingMetrics& metrics) {
  Json json = {
      {"format", 1},
      {"headline", metrics.headline},
      {"labels", metrics.labels},
      {"train_rows", metrics.train_rows},
      {"test_rows", metrics.test_rows},
      {"split", split_json(metrics.split)},
      {"pca", pca_json(metrics.pca)},
      {"classifier", classifier_json(metrics.classifier)},
      {"copies", copies_json(metrics.copies)},
      {"near_duplicates",
       metrics.near_duplicates ? near_duplicates_json(*metrics.near_duplicates) : Json(nullptr)},
      {"warnings", metrics.warnings}};
  json.update(results_json(metrics.results));
  return json;
}

Json bundle_metrics_json(const TrainingMetrics& metrics) {
  return {{"headline", metrics.headline},
          {"train_rows", metrics.train_rows},
          {"test_rows", metrics.test_rows},
          {"split", split_json(metrics.split)},
          {"metrics", protocol_metrics_json(metrics.results.metrics)}};
}

MetricsSummary summary_of(const TrainingMetrics& metrics) {
  return {metrics.headline, metrics.warnings, metrics.results.metrics};
}

MetricsSummary parse_metrics_summary(std::string_view text, std::string_view where) {
  const Json json = parse_json(text, where);
  MetricsSummary summary;
  summary.headline = read_member<std::string>(json, "headline", where);
  // Older versions wrote none.
  if (json.contains("warnings")) {
    summary.warnings = read_member<std::vector<std::string>>(json, "warnings", where);
  }
  summary.metrics = parse_protocol_metrics(member_of(json, "metrics", where), where);
  return summary;
}

}  // namespace pomona
