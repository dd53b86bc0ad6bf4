// SPDX-License-Identifier: Apache-2.0
#include "pomona/training/rejector_fit.h"

#include <algorithm>
#include <cmath>
#include <memory>
#include <optional>
#include <string_view>
#include <tuple>
#include <utility>
#include <vector>

#include "pomona/backbone/logits_head.h"
#include "pomona/base/parallel.h"
#include "pomona/base/random.h"
#include "pomona/base/row_file.h"
#include "pomona/base/stop.h"
#include "pomona/dataset/row_selection.h"
#include "pomona/dataset/source_of.h"
#include "pomona/features/crop_mean.h"
#include "pomona/features/read_ahead.h"
#include "pomona/learn/discriminant_fit.h"
#include "pomona/predict/rejector.h"
#include "pomona/training/domain_adaptation.h"

namespace pomona {
namespace {

// Chosen on kinds of fruit that were left out, as the number of discriminants (docs/kinds.md).
constexpr std::size_t kDiscriminants = 60;
// Fitting discriminants takes them all into memory.
constexpr std::size_t kMostReferences = 1800;
constexpr std::size_t kFolds = 5;
// Less for what shows no fruit, which lies farther off than kinds that are not known.
constexpr double kShareByClasses = 0.4;
// A class of the backbone is half usual when photographs of the labels give it this share.
constexpr double kUsualShare = 0.003;

// The smallest value that at least `share` of all weight does not exceed.
double weighted_quantile(std::vector<std::pair<double, double>> values, double share) {
  std::ranges::sort(values);
  double total = 0;
  for (const auto& [value, weight] : values) total += weight;
  double below = 0;
  for (const auto& [value, weight] : values) {
    below += weight;
    if (below >= share * total) return value;
  }
  return values.back().first;
}

// Those that are carried along, ascending.
std::vector<std::size_t> reference_rows(const TableRows& rows,
                                        const std::vector<std::size_t>& learnt,
                                        const std::vector<std::string>& studio) {
  std::vector<std::size_t> chosen = learnt;
  if (chosen.size() > kMostReferences) {
    std::ranges::sort(chosen, {}, [&](std::size_t row) {
      const std::string_view path = rows.manifest.rows[row].path;
      const bool in_studio = is_of_sources(path, studio);
      return std::tuple(in_studio, in_studio ? 0 : -rows.weight(row), hash_text(path, /*seed=*/2));
    });
    chosen.resize(kMostReferences);
    std::ranges::sort(chosen);
  }
  return chosen;
}

// What a pass over the features keeps of each row.
struct Seen {
  RowFile features;  // the mean of its crops
  std::optional<RowFile> logits;
};

void read_features(const FeatureSource& table, std::size_t crops,
                   const std::optional<LogitsHead>& head, Seen& seen, const std::stop_token& stop) {
  const std::unique_ptr<FeatureReader> pass = table.read();
  ReadAhead<FeatureReader, FeatureBatch> reader(*pass);
  CropMean mean(crops);
  FeatureBatch batch;
  while (reader.next(batch)) {
    throw_if_stopped(stop);
    const MatrixView<const float> features = mean.of(batch.features.view());
    seen.features.append(features);
    if (!head || !seen.logits) continue;
    Matrix<float> logits(features.rows(), head->logit_count());
    head->logits(features, logits.view());
    seen.logits->append(logits.view());
  }
}

void add_softmax(std::span<const float> logits, double weight, std::span<double> sums) {
  const auto largest = static_cast<double>(*std::ranges::max_element(logits));
  double all = 0;
  for (const float logit : logits) all += std::exp(static_cast<double>(logit) - largest);
  for (std::size_t i = 0; i < logits.size(); ++i) {
    sums[i] += weight * std::exp(static_cast<double>(logits[i]) - largest) / all;
  }
}

void fit_usual_classes(const RowFile& logits, const TableRows& rows,
                       const std::vector<std::size_t>& learnt, double share,
                       RejectOption& reject_option) {
  std::vector<double> sums(logits.cols());
  double total = 0;
  Matrix<float> row(1, logits.cols());
  for (const std::size_t i : learnt) {
    logits.read(i, row.view());
    add_softmax(row.view().row(0), rows.weight(i), sums);
    total += rows.weight(i);
  }
  for (const double sum : sums) {
    reject_option.usual_classes.push_back(sum / total / (sum / total + kUsualShare));
  }
  std::vector<std::pair<double, double>> in_distribution_scores;
  for (const std::size_t i : learnt) {
    logits.read(i, row.view());
    in_distribution_scores.emplace_back(
        in_distribution_score(reject_option.usual_classes, row.view().row(0)), rows.weight(i));
  }
  reject_option.least_in_distribution_score =
      weighted_quantile(std::move(in_distribution_scores), share);
}

Novelty novelty_of(const std::vector<std::size_t>& known, const TableRows& rows,
                   const RowFile& features) {
  Matrix<float> values(known.size(), features.cols());
  read_rows(features, known, values.view());
  std::vector<std::int32_t> labels;
  std::vector<double> weights;
  for (const std::size_t row : known) {
    labels.push_back(rows.label_index[row]);
    weights.push_back(rows.weight(row));
  }
  Novelty novelty;
  novelty.discriminants = fit_discriminants(values.view(), labels, weights, kDiscriminants);
  novelty.references = novelty_directions(novelty.discriminants, values.view());
  return novelty;
}

// Of each row of a fold to the nearest of the others, with its weight.
std::vector<std::pair<double, double>> distances_of(const std::vector<std::size_t>& fold,
                                                    const std::vector<std::size_t>& others,
                                                    const TableRows& rows,
                                                    const RowFile& features) {
  Matrix<float> values(fold.size(), features.cols());
  read_rows(features, fold, values.view());
  const std::vector<double> distances =
      novelty_distances(novelty_of(others, rows, features), values.view());
  std::vector<std::pair<double, double>> result;
  for (std::size_t i = 0; i < fold.size(); ++i) {
    result.emplace_back(distances[i], rows.weight(fold[i]));
  }
  return result;
}

void fit_novelty(const RowFile& features, const TableRows& rows,
                 const std::vector<std::size_t>& learnt, double share, const TrainOptions& train,
                 RejectOption& reject_option) {
  const std::vector<std::size_t> known = reference_rows(rows, learnt, train.studio);
  const auto folds = choose_folds(rows.manifest, known, rows.groups, kFolds, train.seed);
  std::vector<std::vector<std::pair<double, double>>> of_folds(folds.size());
  parallel_for(folds.size(), train.workers, [&](std::size_t fold, std::size_t /*worker*/) {
    if (folds[fold].empty()) return;
    of_folds[fold] = distances_of(folds[fold], without(known, folds[fold]), rows, features);
  });
  std::vector<std::pair<double, double>> distances;
  for (const auto& of_fold : of_folds) {
    distances.insert(distances.end(), of_fold.begin(), of_fold.end());
  }
  reject_option.novelty = novelty_of(known, rows, features);
  reject_option.most_distance =
      distances.empty() ? kFarthestNovelty : weighted_quantile(std::move(distances), 1 - share);
}

}  // namespace

RejectOption fit_reject_option(const FeatureSource& features, const TableRows& rows,
                               const Backbone& backbone, const TrainOptions& train,
                               const std::string& scratch_folder, const std::stop_token& stop) {
  std::optional<LogitsHead> head;
  if (backbone.spec.logit_count > 0) head.emplace(backbone);
  Seen seen{RowFile(scratch_folder, static_cast<std::size_t>(backbone.spec.feature_count)),
            std::nullopt};
  if (head) seen.logits.emplace(scratch_folder, head->logit_count());
  read_features(features, rows.crops, head, seen, stop);
  const std::vector<std::size_t> learnt =
      without_adapted(rows, with_label(rows, rows.side(Split::kTrain)), train.adapt);
  RejectOption reject_option;
  reject_option.rate = train.reject_rate;
  const double by_classes = head ? train.reject_rate * kShareByClasses : 0;
  if (head) fit_usual_classes(*seen.logits, rows, learnt, by_classes, reject_option);
  fit_novelty(seen.features, rows, learnt, train.reject_rate - by_classes, train, reject_option);
  return reject_option;
}

}  // namespace pomona
