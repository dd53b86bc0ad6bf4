// SPDX-License-Identifier: Apache-2.0
#include <nanobind/nanobind.h>
#include <nanobind/stl/shared_ptr.h>
#include <nanobind/stl/string.h>
#include <nanobind/stl/vector.h>

#include <functional>
#include <memory>
#include <string>
#include <utility>
#include <vector>

#include "background.h"
#include "confusion_to_python.h"
#include "counted_progress.h"
#include "engine_process.h"
#include "memory_rows.h"
#include "pomona/base/bounds.h"
#include "pomona/base/parallel.h"
#include "pomona/base/row_file.h"
#include "pomona/evaluation/bundle_evaluation.h"
#include "pomona/predict/bundle_network.h"
#include "pomona/predict/self_check.h"
#include "training.h"

namespace nb = nanobind;
using nanobind::literals::operator""_a;

namespace pomona::python {
namespace {

using BundlePointer = std::shared_ptr<Bundle>;
using Evaluate = std::function<BundleEvaluation(const Bundle&, const Execution&)>;

// `evaluate` owns all that it uses beside the bundle.
nb::tuple evaluate_bundle(const BundlePointer& bundle, std::size_t workers, const nb::object& watch,
                          const Evaluate& evaluate) {
  enter_engine();
  check_range("workers", workers, 0, kMostWorkers);
  const auto counted = std::make_shared<Counted>();
  const auto result = interruptible<BundleEvaluation>(
      [bundle, workers, evaluate, counted](const std::stop_token& stop) {
        note_precision(*bundle, *counted);
        run_self_check(*bundle, make_networks(extract_setup_of(*bundle, /*slots=*/1)),
                       bundle->self_check.cases.size());
        return evaluate(*bundle, {*counted, stop, workers_or_all(workers)});
      },
      watch_of(counted, watch));
  return nb::make_tuple(print_json(metrics_json(result)),
                        confusion_to_python(result.results.confusion), counted->warnings());
}

// Of `split`, group and seed are used. Rows have sides.
nb::tuple evaluate_features_of(const BundlePointer& bundle, const GivenRows& rows,
                               const SplitOptions& split, std::size_t workers,
                               const nb::object& watch) {
  return evaluate_bundle(bundle, workers, watch,
                         [rows, split](const Bundle& of, const Execution& execution) {
                           const MemoryTable table(rows.rows, split, execution);
                           return evaluate_features(of, table, table.table_rows(), split.seed,
                                                    system_scratch_folder(), execution);
                         });
}

nb::tuple evaluate_folders(const BundlePointer& bundle, const InputOptions& input,
                           const ExtractOptions& options, const nb::object& watch) {
  input.check();
  check_range("max_failures", options.max_failures, 0, 1);
  options.limits.check();
  return evaluate_bundle(bundle, options.workers, watch,
                         [input, options](const Bundle& of, const Execution& execution) {
                           return evaluate_photographs(of, input, options, system_scratch_folder(),
                                                       execution);
                         });
}

}  // namespace

void bind_evaluation(nb::module_& module) {
  module.def("evaluate_features", &evaluate_features_of, "bundle"_a, "rows"_a, "split"_a,
             "workers"_a, "watch"_a.none(),
             nb::sig("def evaluate_features(bundle: Bundle, rows: MemoryRows, split: SplitOptions, "
                     "workers: int, "
                     "watch: collections.abc.Callable[[str, int, int], object] | None) -> "
                     "tuple[str, tuple[list[str], numpy.typing.NDArray[numpy.int64]], list[str]]"));
  module.def("evaluate_folders", &evaluate_folders, "bundle"_a, "input"_a, "options"_a,
             "watch"_a.none(),
             nb::sig("def evaluate_folders(bundle: Bundle, input: InputOptions, "
                     "options: ExtractOptions, "
                     "watch: collections.abc.Callable[[str, int, int], object] | None) -> "
                     "tuple[str, tuple[list[str], numpy.typing.NDArray[numpy.int64]], list[str]]"));
}

}  // namespace pomona::python
