// SPDX-License-Identifier: Apache-2.0
// What learning costs at the size of the usual job: 1,280 features, 200 components, 131 classes.
#include <benchmark/benchmark.h>

#include <algorithm>

#include "pomona/base/parallel.h"
#include "pomona/learn/classifier_fit.h"
#include "pomona/learn/made_up_rows.h"
#include "pomona/learn/pca_fit.h"
#include "pomona/learn/scaler_fit.h"
#include "pomona/metrics/metrics.h"
#include "pomona/neighbours/embedding.h"
#include "pomona/neighbours/nearest.h"

namespace pomona {
namespace {

constexpr std::size_t kFeatures = 1280;
constexpr std::size_t kComponents = 200;
constexpr std::size_t kClasses = 131;

void set_row_counter(benchmark::State& state, std::size_t rows) {
  state.counters["rows/s"] =
      benchmark::Counter(static_cast<double>(static_cast<std::size_t>(state.iterations()) * rows),
                         benchmark::Counter::kIsRate);
}

void add_moments(benchmark::State& state) {
  const MadeUpRows made = made_up_rows(1, kMomentsBlockRows, kFeatures, kClasses, 1.0);
  Moments moments(kFeatures, kClasses);
  for (auto _ : state) moments.add(made.rows.view(), made.labels);
  set_row_counter(state, kMomentsBlockRows);
}
BENCHMARK(add_moments)->Unit(benchmark::kMillisecond);

void fit_scaler_and_pca(benchmark::State& state) {
  const Moments moments = moments_of(made_up_rows(2, 4096, kFeatures, kClasses, 1.0), kClasses);
  for (auto _ : state) {
    const Scaler scaler = fit_scaler(moments, /*with_std=*/true);
    benchmark::DoNotOptimize(fit_pca(moments, scaler, ComponentCount{kComponents}));
  }
}
BENCHMARK(fit_scaler_and_pca)->Unit(benchmark::kMillisecond);

void project_rows(benchmark::State& state) {
  const MadeUpRows made = made_up_rows(3, 1024, kFeatures, kClasses, 1.0);
  const Projection projection{Matrix<double>(kComponents, kFeatures),
                              std::vector<double>(kComponents)};
  Matrix<float> components(1024, kComponents);
  for (auto _ : state) project(projection, made.rows.view(), components.view());
  set_row_counter(state, 1024);
}
BENCHMARK(project_rows)->Unit(benchmark::kMillisecond);

void fit_logistic_regression(benchmark::State& state) {
  const MadeUpRows made = made_up_rows(4, 18150, kComponents, kClasses, 2.5);
  TrainingRows training;
  training.dims = kComponents;
  training.class_count = kClasses;
  training.rows = made.rows.rows();
  training.read = [&](std::size_t block, MatrixView<float> rows, std::span<std::int32_t> labels) {
    const std::size_t first = block * training.block_rows;
    const MatrixView<const float> from = made.rows.view().rows_from(first, rows.rows());
    std::copy_n(from.data(), from.size(), rows.data());
    std::copy_n(made.labels.begin() + static_cast<std::ptrdiff_t>(first), labels.size(),
                labels.begin());
  };
  LogisticOptions options;
  options.workers = usable_cores();
  LogisticFit fit;
  for (auto _ : state) fit = fit_logistic(training, options);
  state.counters["passes"] = fit.iterations;
}
BENCHMARK(fit_logistic_regression)->Unit(benchmark::kMillisecond)->UseRealTime();

void fit_ridge_regression(benchmark::State& state) {
  const Moments moments = moments_of(made_up_rows(5, 4096, kFeatures, kClasses, 1.0), kClasses);
  for (auto _ : state) benchmark::DoNotOptimize(fit_ridge(moments, 1.0));
}
BENCHMARK(fit_ridge_regression)->Unit(benchmark::kMillisecond);

void draw_map(benchmark::State& state) {
  const MadeUpRows made = made_up_rows(6, 2000, 50, kClasses, 3.0);
  EmbeddingOptions options;
  options.workers = usable_cores();
  for (auto _ : state) benchmark::DoNotOptimize(embed_in_plane(made.rows.view(), options));
}
BENCHMARK(draw_map)->Unit(benchmark::kMillisecond)->UseRealTime();

void find_nearest(benchmark::State& state) {
  const MadeUpRows made = made_up_rows(7, 22000, 768, kClasses, 3.0);
  const MatrixView<const float> rows = made.rows.view();
  for (auto _ : state) {
    benchmark::DoNotOptimize(
        nearest_rows(rows.rows_from(0, 20000), rows.rows_from(20000, 2000), usable_cores()));
  }
  set_row_counter(state, 2000);
}
BENCHMARK(find_nearest)->Unit(benchmark::kMillisecond)->UseRealTime();

void bootstrap_intervals(benchmark::State& state) {
  const MadeUpRows made = made_up_rows(8, 22688, kClasses, kClasses, 2.0);
  Matrix<double> probabilities(made.rows.rows(), kClasses);
  std::copy_n(made.rows.data(), made.rows.size(), probabilities.data());
  logits_to_probabilities(1, probabilities.view());
  for (auto _ : state) {
    benchmark::DoNotOptimize(bootstrap(probabilities.view(), made.labels, {}, /*seed=*/1));
  }
}
BENCHMARK(bootstrap_intervals)->Unit(benchmark::kMillisecond);

}  // namespace
}  // namespace pomona
