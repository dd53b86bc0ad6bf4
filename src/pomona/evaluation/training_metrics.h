// SPDX-License-Identifier: Apache-2.0
// metrics.json of a training run as values: how the rows were divided, what was fitted, how good it
// is. Written and read here, at the border. Any thread.
#pragma once

#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "pomona/base/json.h"
#include "pomona/bundle/bundle.h"
#include "pomona/dataset/scan.h"
#include "pomona/evaluation/evaluation_results.h"
#include "pomona/evaluation/split_leaks.h"

namespace pomona {

struct SplitMetrics {
  SplitKind kind = SplitKind::kNone;
  double holdout = 0;    // share of the photographs
  bool grouped = false;  // no group has photographs on both sides
  std::uint64_t seed = 0;
};

struct PcaMetrics {
  std::size_t n_components = 0;
  std::vector<double> explained_variance_ratio;  // one a component
  std::vector<double> spectrum_ratio;            // one a dimension of the features
  bool scaled = true;                            // features were scaled to unit variance
};

struct ClassifierMetrics {
  ClassifierKind kind = ClassifierKind::kNone;
  double temperature = 1;
  int iterations = 0;
  bool converged = true;
  double objective = 0;
};

struct TrainingMetrics {
  std::string headline;
  std::vector<std::string> labels;
  std::size_t train_rows = 0;
  std::size_t test_rows = 0;
  SplitMetrics split;
  PcaMetrics pca;
  ClassifierMetrics classifier;
  CopyMetrics copies;
  std::optional<NearDuplicateMetrics> near_duplicates;  // none without a test
  std::vector<std::string> warnings;                    // sentences for the user
  EvaluationResults results;
};

// metrics.json.
Json metrics_json(const TrainingMetrics& metrics);
// What a bundle keeps of it: figures without photographs' names.
Json bundle_metrics_json(const TrainingMetrics& metrics);

// What a front prints of it.
struct MetricsSummary {
  std::string headline;
  std::vector<std::string> warnings;
  std::vector<ProtocolMetrics> metrics;
};
MetricsSummary summary_of(const TrainingMetrics& metrics);
// Of the text of metrics.json. Throws corrupt for JSON of another shape.
MetricsSummary parse_metrics_summary(std::string_view text, std::string_view where);

}  // namespace pomona
