// SPDX-License-Identifier: Apache-2.0
#include "pomona/pipeline/refusal_fit.h"

#include <algorithm>
#include <cmath>
#include <optional>
#include <utility>
#include <vector>

#include "pomona/base/parallel.h"
#include "pomona/base/random.h"
#include "pomona/features/logits_head.h"
#include "pomona/learn/directions.h"
#include "pomona/pipeline/read_ahead.h"
#include "pomona/pipeline/refusal.h"
#include "pomona/pipeline/row_file.h"
#include "pomona/pipeline/row_selection.h"
#include "pomona/pipeline/scan.h"
#include "pomona/pipeline/view_mean.h"

namespace pomona {
namespace {

// 9 MB of 1,280 features each.
constexpr std::size_t kMostReferences = 1800;
constexpr std::size_t kParts = 5;
// A class of the backbone is half usual when photographs of the labels give it this share.
constexpr double kUsualShare = 0.003;
constexpr std::size_t kPieceRows = 64;

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
                                        const std::vector<std::size_t>& learnt) {
  std::vector<std::size_t> chosen = learnt;
  if (chosen.size() > kMostReferences) {
    std::ranges::sort(chosen, {}, [&](std::size_t row) {
      return std::pair(-rows.weight(row), hash_text(rows.manifest.rows[row].path, /*seed=*/2));
    });
    chosen.resize(kMostReferences);
    std::ranges::sort(chosen);
  }
  return chosen;
}

// What a pass over the features keeps of each row.
struct Seen {
  RowFile features;  // the mean of its views
  std::optional<RowFile> logits;
};

void read_features(const ObjectStore& store, const TableParts& parts, std::size_t views,
                   std::optional<LogitsHead>& head, Seen& seen, const std::stop_token& stop) {
  FeatureTableReader table(store, parts);
  ReadAhead<FeatureTableReader, FeatureBatch> reader(table);
  ViewMean mean(views);
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

void learn_usual_classes(const RowFile& logits, const TableRows& rows,
                         const std::vector<std::size_t>& learnt, double share, Refusal& refusal) {
  std::vector<double> sums(logits.cols());
  double total = 0;
  Matrix<float> row(1, logits.cols());
  for (const std::size_t i : learnt) {
    logits.read(i, row.view());
    add_softmax(row.view().row(0), rows.weight(i), sums);
    total += rows.weight(i);
  }
  for (const double sum : sums) {
    refusal.usual_classes.push_back(sum / total / (sum / total + kUsualShare));
  }
  std::vector<std::pair<double, double>> familiarities;
  for (const std::size_t i : learnt) {
    logits.read(i, row.view());
    familiarities.emplace_back(familiarity(refusal.usual_classes, row.view().row(0)),
                               rows.weight(i));
  }
  refusal.least_familiarity = weighted_quantile(std::move(familiarities), share);
}

// Of each row of a part to the nearest of the others.
std::vector<double> distances_of(const std::vector<std::size_t>& part, const Novelty& others,
                                 const RowFile& features, std::size_t workers) {
  std::vector<double> distances(part.size());
  const std::size_t pieces = (part.size() + kPieceRows - 1) / kPieceRows;
  parallel_for(pieces, workers, [&](std::size_t piece, std::size_t /*worker*/) {
    const auto picked = std::span(part).subspan(
        piece * kPieceRows, std::min(kPieceRows, part.size() - piece * kPieceRows));
    Matrix<float> rows(picked.size(), features.cols());
    read_rows(features, picked, rows.view());
    std::ranges::copy(novelty_distances(others, rows.view()),
                      distances.begin() + static_cast<std::ptrdiff_t>(piece * kPieceRows));
  });
  return distances;
}

Matrix<float> directions_of(const std::vector<std::size_t>& chosen, std::span<const double> mean,
                            const RowFile& features) {
  Matrix<float> rows(chosen.size(), features.cols());
  read_rows(features, chosen, rows.view());
  return directions_from(mean, rows.view());
}

void learn_novelty(const RowFile& features, const TableRows& rows,
                   const std::vector<std::size_t>& learnt, double share, const TrainOptions& train,
                   Refusal& refusal) {
  const std::vector<double> mean = refusal.novelty.mean;
  const std::vector<std::size_t> known = reference_rows(rows, learnt);
  std::vector<std::pair<double, double>> distances;
  for (const std::vector<std::size_t>& part :
       choose_parts(rows.manifest, known, rows.groups, kParts, train.seed)) {
    if (part.empty()) continue;
    const Novelty others{mean, directions_of(without(known, part), mean, features)};
    const std::vector<double> of_part = distances_of(part, others, features, train.workers);
    for (std::size_t i = 0; i < part.size(); ++i) {
      distances.emplace_back(of_part[i], rows.weight(part[i]));
    }
  }
  refusal.novelty.references = directions_of(known, mean, features);
  refusal.most_distance =
      distances.empty() ? kFarthestNovelty : weighted_quantile(std::move(distances), 1 - share);
}

}  // namespace

Refusal fit_refusal(const ObjectStore& store, const TableParts& parts, const TableRows& rows,
                    std::span<const double> mean, const Backbone& backbone,
                    const TrainOptions& train, const std::string& scratch_path,
                    const std::stop_token& stop) {
  std::optional<LogitsHead> head;
  if (backbone.spec.logit_count > 0) head.emplace(backbone);
  Seen seen{RowFile(scratch_path, mean.size()), std::nullopt};
  if (head) seen.logits.emplace(scratch_path + "-logits", head->logit_count());
  read_features(store, parts, rows.views, head, seen, stop);
  const std::vector<std::size_t> learnt = with_label(rows, rows.side(Split::kTrain));
  Refusal refusal;
  refusal.share = train.refuse;
  refusal.novelty.mean.assign(mean.begin(), mean.end());
  const double share = head ? train.refuse / 2 : train.refuse;
  if (head) learn_usual_classes(*seen.logits, rows, learnt, share, refusal);
  learn_novelty(seen.features, rows, learnt, share, train, refusal);
  return refusal;
}

}  // namespace pomona
