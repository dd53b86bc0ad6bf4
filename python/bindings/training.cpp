// SPDX-License-Identifier: Apache-2.0
#include "training.h"

#include <nanobind/nanobind.h>
#include <nanobind/stl/shared_ptr.h>
#include <nanobind/stl/string.h>
#include <nanobind/stl/vector.h>

#include <algorithm>
#include <memory>
#include <string>
#include <utility>
#include <vector>

#include "background.h"
#include "confusion_to_python.h"
#include "counted_progress.h"
#include "engine_process.h"
#include "held_array.h"
#include "memory_rows.h"
#include "pomona/base/bounds.h"
#include "pomona/base/parallel.h"
#include "pomona/base/row_file.h"
#include "pomona/base/stop.h"
#include "pomona/dataset/feature_copies.h"
#include "pomona/evaluation/train_chain.h"
#include "pomona/extract/extract.h"
#include "pomona/storage/store_opener.h"
#include "pomona/training/near_duplicate_groups.h"
#include "pomona/training/training_files.h"

namespace nb = nanobind;
using nanobind::literals::operator""_a;

namespace pomona::python {
namespace {

// Keeps components in the order in which the rows were given.
class GivenOrder final : public ReducedSink {
 public:
  GivenOrder(const std::vector<std::size_t>& order, std::size_t width)
      : order_(order), width_(width), components_(order.size() * width) {}

  void add(const ReducedBatch& batch) override {
    for (std::size_t i = 0; i < batch.rows(); ++i) {
      std::ranges::copy(batch.pca_features.row(i), components_.data() + order_[next_++] * width_);
    }
  }
  void finish() override {}

  std::vector<float> take() { return std::move(components_); }

 private:
  const std::vector<std::size_t>& order_;
  std::size_t width_;
  std::vector<float> components_;
  std::size_t next_ = 0;
};

struct Reduced {
  Reduction reduction;
  std::vector<float> components;
  std::size_t rows = 0;
};

Reduced reduce_now(const GivenRows& given, const ReduceOptions& options,
                   const Execution& execution) {
  const MemoryTable table(given.rows, {}, execution);
  const TableRows& rows = table.table_rows();
  Reduced reduced;
  reduced.reduction = fit_reduction(training_moments(table, rows, execution.stop), options);
  const Reduction& reduction = reduced.reduction;
  GivenOrder kept(table.order(), reduction.pca.n_components());
  reduce(table, rows, fold(reduction.scaler, reduction.pca), {{&kept}}, execution);
  reduced.components = kept.take();
  reduced.rows = rows.rows();
  return reduced;
}

// Rows of which `rows` says no side are all for training.
nb::tuple reduce_features(const GivenRows& rows, const ReduceOptions& options, std::size_t workers,
                          const nb::object& watch) {
  options.check();
  check_range("workers", workers, 0, kMostWorkers);
  GivenRows given = rows;
  if (given.rows.sides.empty()) given.rows.sides.assign(rows.rows.features.rows(), Split::kTrain);
  const auto counted = std::make_shared<Counted>();
  auto reduced = interruptible<Reduced>(
      [given = std::move(given), options, workers, counted](const std::stop_token& stop) {
        return reduce_now(given, options, {*counted, stop, workers_or_all(workers)});
      },
      watch_of(counted, watch));
  const std::size_t width = reduced.reduction.pca.n_components();
  return nb::make_tuple(numpy_array_of(std::move(reduced.components), reduced.rows, width),
                        std::move(reduced.reduction), counted->warnings());
}

struct TrainingTask {
  GivenRows given;
  ExtractOptions made_by;  // the features
  TrainChainOptions options;
  double near_duplicates = 0;
};

TrainedChain train_now(const TrainingTask& task, Progress& progress, const std::stop_token& stop) {
  TrainChainOptions options = task.options;
  const auto stores = local_store_opener();
  options.catalogue = open_catalogue(options.train.catalogue, *stores);
  options.backbone_classes = open_backbone_classes(options.train, *stores);
  options.check();
  const ExtractSetup setup = prepare_extract(task.made_by);
  const Execution execution{progress, stop, workers_or_all(options.train.workers)};
  const MemoryTable table(task.given.rows, options.split, execution);
  if (task.given.rows.sides.empty()) options.split_kind = table.split_kind();
  TableRows rows = table.table_rows();
  const std::string scratch_folder = system_scratch_folder();
  if (task.near_duplicates > 0) {
    join_near_duplicates(rows, table, options.sources, task.near_duplicates, scratch_folder,
                         execution);
    join_feature_copies(rows, table, execution);
  }
  const Moments moments = training_moments(table, rows, stop);
  return train_chain({table, rows, moments}, setup, options, {}, scratch_folder, execution);
}

// Of rows that have sides, the split is of the kind that `options` say.
nb::tuple train_features(const GivenRows& rows, const ExtractOptions& made_by,
                         const TrainChainOptions& options, double near_duplicates,
                         const nb::object& watch) {
  enter_engine();
  made_by.check();
  options.check();
  check_range_or_zero("near_duplicates", near_duplicates, kLeastDuplicateDistance,
                      kMostDuplicateDistance);
  const auto counted = std::make_shared<Counted>();
  auto chain = interruptible<TrainedChain>(
      [task = TrainingTask{rows, made_by, options, near_duplicates},
       counted](const std::stop_token& stop) { return train_now(task, *counted, stop); },
      watch_of(counted, watch));
  return nb::make_tuple(std::make_shared<Bundle>(std::move(chain.bundle)),
                        print_json(metrics_json(chain.metrics)), print_json(tsne_json(chain.tsne)),
                        confusion_to_python(chain.metrics.results.confusion), counted->warnings());
}

struct CalibratedFit {
  std::vector<std::string> labels;
  TrainedClassifier trained;
};

// On the rows as given, without scaler and PCA. All are for training where they have no sides.
CalibratedFit train_classifier_now(const GivenRows& given, const TrainOptions& options,
                                   Progress& progress, const std::stop_token& stop) {
  const Execution execution{progress, stop, options.workers};
  const MemoryTable table(given.rows, {}, execution);
  const TableRows& rows = table.table_rows();
  RowFile inputs(system_scratch_folder(), given.rows.features.cols());
  FeatureBatch batch;
  for (const auto reader = table.read(); reader->next(batch);) {
    throw_if_stopped(stop);
    inputs.append(batch.features.view());
  }
  const Moments moments = options.classifier == ClassifierKind::kRidge
                              ? training_moments(table, rows, stop)
                              : Moments(given.rows.features.cols(), rows.train_labels.size());
  return {rows.train_labels, train({inputs, inputs, rows, moments}, rows.side(Split::kTrain),
                                   options, progress, stop)};
}

nb::tuple train_classifier(const GivenRows& rows, const TrainOptions& options,
                           const nb::object& watch) {
  options.check();
  GivenRows given = rows;
  if (given.rows.sides.empty()) given.rows.sides.assign(rows.rows.features.rows(), Split::kTrain);
  TrainOptions on_all = options;
  on_all.workers = workers_or_all(options.workers);
  const auto counted = std::make_shared<Counted>();
  const auto fit = interruptible<CalibratedFit>(
      [given = std::move(given), on_all, counted](const std::stop_token& stop) {
        return train_classifier_now(given, on_all, *counted, stop);
      },
      watch_of(counted, watch));
  const TrainedClassifier& trained = fit.trained;
  return nb::make_tuple(fit.labels, numpy_array_of(trained.classifier.weights),
                        numpy_array_of(trained.classifier.bias), trained.classifier.temperature,
                        trained.iterations, trained.converged, counted->warnings());
}

}  // namespace

void bind_training(nb::module_& module) {
  module.def("reduce_features", &reduce_features, "rows"_a, "options"_a, "workers"_a,
             "watch"_a.none(),
             nb::sig("def reduce_features(rows: MemoryRows, options: ReduceOptions, workers: int, "
                     "watch: collections.abc.Callable[[str, int, int], object] | None) -> "
                     "tuple[numpy.typing.NDArray[numpy.float32], Reduction, list[str]]"));
  module.def("train_classifier", &train_classifier, "rows"_a, "options"_a, "watch"_a.none(),
             nb::sig("def train_classifier(rows: MemoryRows, options: TrainOptions, "
                     "watch: collections.abc.Callable[[str, int, int], object] | None) -> "
                     "tuple[list[str], numpy.typing.NDArray[numpy.float64], "
                     "numpy.typing.NDArray[numpy.float64], float, int, bool, list[str]]"));
  module.def("train_features", &train_features, "rows"_a, "made_by"_a, "options"_a,
             "near_duplicates"_a, "watch"_a.none(),
             nb::sig("def train_features(rows: MemoryRows, made_by: ExtractOptions, "
                     "options: TrainChainOptions, near_duplicates: float, "
                     "watch: collections.abc.Callable[[str, int, int], object] | None) -> "
                     "tuple[Bundle, str, str, "
                     "tuple[list[str], numpy.typing.NDArray[numpy.int64]], list[str]]"));
}

}  // namespace pomona::python
