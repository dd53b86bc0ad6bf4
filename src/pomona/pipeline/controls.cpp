// SPDX-License-Identifier: Apache-2.0
#include "pomona/pipeline/controls.h"

#include <algorithm>
#include <iterator>
#include <memory>
#include <utility>
#include <vector>

#include "pomona/base/parallel.h"
#include "pomona/base/random.h"
#include "pomona/image/resize.h"
#include "pomona/learn/nearest.h"

namespace pomona {
namespace {

constexpr std::size_t kMaxReferences = 20'000;
constexpr std::size_t kMaxQueries = 2'000;

struct PixelRow {
  std::uint64_t order = 0;  // a hash of its path: which rows are kept when there are too many
  std::size_t picture = 0;
  std::int32_t label = 0;
};

void keep_some(std::vector<PixelRow>& rows, std::size_t most) {
  if (rows.size() > most) {
    std::ranges::nth_element(rows, rows.begin() + static_cast<std::ptrdiff_t>(most), {},
                             &PixelRow::order);
    rows.resize(most);
  }
  std::ranges::sort(rows, {}, &PixelRow::picture);
}

// One row a picture, 16 × 16 × 3, about 0.
Matrix<float> pixel_matrix(const SmallPictures& pictures, const std::vector<PixelRow>& rows,
                           std::size_t workers) {
  constexpr int kSide = 16;
  struct Scratch {
    Resizer resizer;
    Image picture;
    Image tiny;
  };
  Matrix<float> matrix(rows.size(), std::size_t{3} * kSide * kSide);
  std::vector<Scratch> scratch(workers);
  parallel_for(rows.size(), workers, [&](std::size_t i, std::size_t worker) {
    auto& [resizer, picture, tiny] = scratch[worker];
    pictures.read(rows[i].picture, picture);
    resizer.resize(picture, kSide, kSide, ResizeFilter::kBox, tiny);
    std::ranges::transform(tiny.pixels, matrix.row(i).begin(),
                           [](std::uint8_t value) { return static_cast<float>(value) - 128.0F; });
  });
  return matrix;
}

}  // namespace

std::optional<PixelControl> pixel_control(const SmallPictures& pictures, const TableRows& rows,
                                          std::size_t workers) {
  std::vector<PixelRow> train;
  std::vector<PixelRow> test;
  for (std::size_t i = 0; i < pictures.rows().size(); ++i) {
    const std::size_t row = pictures.rows()[i];
    const ManifestRow& photograph = rows.manifest.rows[row];
    const PixelRow one{hash_text(photograph.path, /*seed=*/1), i, rows.label_index[row]};
    if (photograph.split == Split::kTest) {
      test.push_back(one);
    } else if (one.label >= 0) {
      train.push_back(one);
    }
  }
  if (train.empty() || test.empty()) return std::nullopt;
  keep_some(train, kMaxReferences);
  keep_some(test, kMaxQueries);
  const Matrix<float> references = pixel_matrix(pictures, train, workers);
  const Matrix<float> queries = pixel_matrix(pictures, test, workers);
  const std::vector<std::size_t> nearest = nearest_rows(references.view(), queries.view(), workers);
  std::size_t right = 0;
  for (std::size_t i = 0; i < nearest.size(); ++i) {
    if (train[nearest[i]].label == test[i].label) ++right;
  }
  return PixelControl{static_cast<double>(right) / static_cast<double>(nearest.size()),
                      train.size(), test.size()};
}

std::optional<SecondFit> second_fit(const ObjectStore& store, const TableParts& features,
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
      table_moments(store, features, classes, rows.train_labels.size(), rows.views, stop);
  const Reduction reduction = fit_reduction(moments, reduce_options);
  const Projection projection = fold(reduction.scaler, reduction.pca);
  const bool on_features = train_options.classifier == ClassifierKind::kRidge;
  RowFile inputs(scratch_path, on_features ? moments.dims() : reduction.pca.n_components());
  ReduceSinks sinks;
  (on_features ? sinks.features : sinks.scores) = &inputs;
  std::unique_ptr<RowFile> view_scores;
  if (rows.views > 1 && !on_features) {
    view_scores = std::make_unique<RowFile>(scratch_path + "-views", inputs.cols());
    sinks.view_scores = view_scores.get();
  }
  reduce(store, features, rows, projection, sinks, train_options.workers, progress, stop);
  const TrainedClassifier trained =
      train_uncalibrated({inputs, view_scores ? *view_scores : inputs, rows, moments}, train_side,
                         train_options, stop);
  return SecondFit{
      evaluate(trained.classifier, inputs, rows, test, train_options.seed, train_options.workers),
      train_side.size()};
}

}  // namespace pomona
