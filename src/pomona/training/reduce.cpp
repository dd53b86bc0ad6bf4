// SPDX-License-Identifier: Apache-2.0
#include "pomona/training/reduce.h"

#include <algorithm>
#include <memory>
#include <utility>
#include <vector>

#include "pomona/base/bounds.h"
#include "pomona/base/error.h"
#include "pomona/base/number_text.h"
#include "pomona/base/parallel.h"
#include "pomona/base/stop.h"
#include "pomona/features/crop_mean.h"
#include "pomona/features/read_ahead.h"
#include "pomona/learn/scaler_fit.h"

namespace pomona {
namespace {

// Moments of the training rows of a table. They are added by blocks of kMomentsBlockRows rows of
// the table, wherever its parts end, as extraction adds them.
class TrainingMoments {
 public:
  TrainingMoments(std::size_t width, std::size_t class_count)
      : moments_(width, class_count),
        rows_(kMomentsBlockRows, width),
        classes_(kMomentsBlockRows) {}

  void add(MatrixView<const float> rows, std::span<const std::int32_t> classes) {
    for (std::size_t i = 0; i < rows.rows(); ++i) {
      if (classes[i] != kNotInTraining) {
        std::ranges::copy(rows.row(i), rows_.row(kept_).begin());
        classes_[kept_++] = classes[i];
      }
      if (++seen_ == kMomentsBlockRows) flush();
    }
  }
  Moments finish() && {
    flush();
    return std::move(moments_);
  }

 private:
  void flush() {
    if (kept_ > 0) moments_.add(rows_.view().rows_from(0, kept_), std::span(classes_).first(kept_));
    kept_ = 0;
    seen_ = 0;
  }

  Moments moments_;
  Matrix<float> rows_;
  std::vector<std::int32_t> classes_;
  std::size_t kept_ = 0;
  std::size_t seen_ = 0;  // rows of the table
};

// Labels are those of `rows`, which a class map may have made anew.
ReducedBatch keys_of(FeatureBatch& batch, const TableRows& rows, std::size_t first_row) {
  ReducedBatch reduced;
  reduced.path = std::move(batch.path);
  reduced.split = std::move(batch.split);
  reduced.label.reserve(reduced.path.size());
  reduced.label_index.reserve(reduced.path.size());
  for (std::size_t row = first_row; row < first_row + reduced.path.size(); ++row) {
    const std::int32_t index = rows.label_index[row];
    reduced.label.push_back(rows.manifest.label(rows.manifest.rows[row]));
    reduced.label_index.push_back(index >= 0 ? std::optional(index) : std::nullopt);
  }
  return reduced;
}

void check_rows(const FeatureSource& table, std::size_t expected) {
  if (table.rows() == expected) return;
  throw Error(ErrorKind::kCorrupt, "reading the feature table " + table.describe() + ": expected " +
                                       std::to_string(expected) + " rows, found " +
                                       std::to_string(table.rows()) +
                                       "; another program writes there");
}

// By pieces on all workers; the bits of a row do not depend on its piece.
void project_rows(const Projection& projection, MatrixView<const float> rows,
                  MatrixView<float> components, std::size_t workers) {
  constexpr std::size_t kPieceRows = 256;
  const std::size_t pieces = (rows.rows() + kPieceRows - 1) / kPieceRows;
  parallel_for(pieces, workers, [&](std::size_t piece, std::size_t) {
    const std::size_t first = piece * kPieceRows;
    const std::size_t count = std::min(kPieceRows, rows.rows() - first);
    project(projection, rows.rows_from(first, count), components.rows_from(first, count));
  });
}

// Crops lie one after the other, so a row of several is as many rows of one.
void append_crop_components(const Projection& projection, const Matrix<float>& features,
                            std::size_t crops, std::size_t workers, RowFile& file) {
  const MatrixView<const float> each(features.data(), features.rows() * crops,
                                     features.cols() / crops);
  Matrix<float> components(each.rows(), projection.weights.rows());
  project_rows(projection, each, components.view(), workers);
  file.append(components.view());
}

}  // namespace

void ReduceOptions::check() const {
  if (!components) return;
  if (const auto* count = std::get_if<ComponentCount>(&*components)) {
    if (count->count == 0) refuse_option("components", "1 or more", "0");
    return;
  }
  const double share = std::get<VarianceShare>(*components).share;
  if (share > 0 && share < 1) return;
  refuse_option("components", "a share of the variance between 0 and 1", shown_number(share));
}

Reduction fit_reduction(const Moments& moments, const ReduceOptions& options) {
  if (moments.rows() < 2) {
    throw Error(ErrorKind::kInvalidInput,
                "reducing features: expected at least two training photographs, found " +
                    std::to_string(moments.rows()));
  }
  Reduction reduction;
  reduction.scaler = fit_scaler(moments, options.scale);
  const ComponentChoice choice =
      options.components ? *options.components
                         : ComponentCount{std::min(kDefaultComponents,
                                                   max_components(moments.rows(), moments.dims()))};
  reduction.pca = fit_pca(moments, reduction.scaler, choice);
  return reduction;
}

Moments table_moments(const FeatureSource& table, std::span<const std::int32_t> class_of_row,
                      std::size_t class_count, std::size_t crops, const std::stop_token& stop) {
  check_rows(table, class_of_row.size());
  const std::unique_ptr<FeatureReader> pass = table.read();
  ReadAhead<FeatureReader, FeatureBatch> reader(*pass);
  CropMean mean(crops);
  FeatureBatch batch;
  std::unique_ptr<TrainingMoments> moments;
  std::size_t first_row = 0;
  while (reader.next(batch)) {
    throw_if_stopped(stop);
    const MatrixView<const float> features = mean.of(batch.features.view());
    if (!moments) moments = std::make_unique<TrainingMoments>(features.cols(), class_count);
    moments->add(features, class_of_row.subspan(first_row, batch.rows()));
    first_row += batch.rows();
  }
  if (!moments) {
    throw Error(ErrorKind::kInvalidInput, "reading the feature table " + table.describe() +
                                              ": it has no rows; extract photographs first");
  }
  return std::move(*moments).finish();
}

Moments training_moments(const FeatureSource& table, const TableRows& rows,
                         const std::stop_token& stop) {
  std::vector<std::int32_t> classes(rows.rows(), kNotInTraining);
  for (const std::size_t row : rows.side(Split::kTrain)) classes[row] = rows.label_index[row];
  return table_moments(table, classes, rows.train_labels.size(), rows.crops, stop);
}

void reduce(const FeatureSource& table, const TableRows& rows, const Projection& projection,
            const ReduceSinks& sinks, const Execution& execution) {
  execution.progress.begin("reduce", rows.rows());
  check_rows(table, rows.rows());
  const std::unique_ptr<FeatureReader> pass = table.read();
  ReadAhead<FeatureReader, FeatureBatch> reader(*pass);
  CropMean mean(rows.crops);
  FeatureBatch batch;
  std::size_t first_row = 0;
  while (reader.next(batch)) {
    throw_if_stopped(execution.stop);
    const std::size_t count = batch.rows();
    const MatrixView<const float> features = mean.of(batch.features.view());
    if (sinks.features != nullptr) sinks.features->append(features);
    if (sinks.crop_components != nullptr) {
      append_crop_components(projection, batch.features, rows.crops, execution.workers,
                             *sinks.crop_components);
    }
    ReducedBatch reduced = keys_of(batch, rows, first_row);
    reduced.pca_features = Matrix<float>(count, projection.weights.rows());
    project_rows(projection, features, reduced.pca_features.view(), execution.workers);
    if (sinks.components != nullptr) sinks.components->append(reduced.pca_features.view());
    for (ReducedSink* to : sinks.tables) to->add(reduced);
    first_row += count;
    execution.progress.advance(count);
  }
  for (ReducedSink* to : sinks.tables) to->finish();
}

}  // namespace pomona
