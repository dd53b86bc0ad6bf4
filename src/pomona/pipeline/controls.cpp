// SPDX-License-Identifier: Apache-2.0
#include "pomona/pipeline/controls.h"

#include <algorithm>
#include <iterator>
#include <utility>
#include <vector>

#include "pomona/base/random.h"
#include "pomona/learn/nearest.h"
#include "pomona/table/parquet_reader.h"

namespace pomona {
namespace {

constexpr std::size_t kMaxReferences = 20'000;
constexpr std::size_t kMaxQueries = 2'000;

struct PixelRow {
  std::uint64_t order = 0;  // a hash of its path: which rows are kept when there are too many
  std::int32_t label = 0;
  std::string pixels;
};

struct PixelRows {
  std::vector<PixelRow> train;
  std::vector<PixelRow> test;
};

void keep_some(std::vector<PixelRow>& rows, std::size_t most) {
  if (rows.size() <= most) return;
  std::ranges::nth_element(rows, rows.begin() + static_cast<std::ptrdiff_t>(most), {},
                           &PixelRow::order);
  rows.resize(most);
}

PixelRows read_pixels(const ObjectStore& store, std::string_view place, const TableRows& rows) {
  PixelRows result;
  ThumbnailTableReader reader(store, place);
  ThumbnailBatch batch;
  while (reader.next(batch)) {
    for (std::size_t i = 0; i < batch.rows(); ++i) {
      PixelRow row{hash_text(batch.path[i], 1), label_number(rows.train_labels, batch.label[i]),
                   std::move(batch.pixels[i])};
      const bool is_test = batch.split[i] == "test";
      if (!is_test && row.label < 0) continue;
      (is_test ? result.test : result.train).push_back(std::move(row));
    }
  }
  keep_some(result.train, kMaxReferences);
  keep_some(result.test, kMaxQueries);
  return result;
}

Matrix<float> pixel_matrix(const std::vector<PixelRow>& rows) {
  Matrix<float> matrix(rows.size(), kThumbnailPixelBytes);
  for (std::size_t i = 0; i < rows.size(); ++i) {
    std::ranges::transform(rows[i].pixels, matrix.row(i).begin(), [](char byte) {
      return static_cast<float>(static_cast<unsigned char>(byte)) - 128.0F;
    });
  }
  return matrix;
}

}  // namespace

std::optional<PixelControl> pixel_control(const ObjectStore& store,
                                          std::string_view thumbnails_place, const TableRows& rows,
                                          std::size_t workers) {
  const PixelRows pixels = read_pixels(store, thumbnails_place, rows);
  if (pixels.train.empty() || pixels.test.empty()) return std::nullopt;
  const Matrix<float> references = pixel_matrix(pixels.train);
  const Matrix<float> queries = pixel_matrix(pixels.test);
  const std::vector<std::size_t> nearest = nearest_rows(references.view(), queries.view(), workers);
  std::size_t right = 0;
  for (std::size_t i = 0; i < nearest.size(); ++i) {
    if (pixels.train[nearest[i]].label == pixels.test[i].label) ++right;
  }
  return PixelControl{static_cast<double>(right) / static_cast<double>(nearest.size()),
                      pixels.train.size(), pixels.test.size()};
}

std::optional<SecondFit> second_fit(const ObjectStore& store, std::string_view features_place,
                                    const TableRows& rows, const Groups& groups, double share,
                                    const ReduceOptions& reduce_options,
                                    const TrainOptions& train_options,
                                    const std::string& scratch_path, Progress& progress,
                                    const std::stop_token& stop) {
  std::vector<std::size_t> pool;
  for (std::size_t i = 0; i < rows.rows(); ++i) {
    if (rows.label_index[i] >= 0) pool.push_back(i);
  }
  const std::vector<std::size_t> test =
      choose_holdout(rows.manifest, pool, groups, share, train_options.seed);
  std::vector<std::size_t> train_side;
  std::ranges::set_difference(pool, test, std::back_inserter(train_side));
  if (test.empty()) return std::nullopt;

  std::vector<std::int32_t> classes(rows.rows(), kNotInTraining);
  for (const std::size_t row : train_side) classes[row] = rows.label_index[row];
  const Moments moments =
      table_moments(store, features_place, classes, rows.train_labels.size(), stop);
  const Reduction reduction = fit_reduction(moments, reduce_options);
  const Projection projection = fold(reduction.scaler, reduction.pca);
  const bool on_features = train_options.classifier == ClassifierKind::kRidge;
  RowFile inputs(scratch_path, on_features ? moments.dims() : reduction.pca.n_components());
  ReduceSinks sinks;
  (on_features ? sinks.features : sinks.scores) = &inputs;
  reduce(store, features_place, rows, projection, sinks, train_options.workers, progress, stop);
  const TrainedClassifier trained =
      train_uncalibrated({inputs, rows, moments}, train_side, train_options, stop);
  return SecondFit{
      evaluate(trained.classifier, inputs, rows, test, train_options.seed, train_options.workers),
      train_side.size()};
}

}  // namespace pomona
