// SPDX-License-Identifier: Apache-2.0
#include "extraction.h"

#include <nanobind/nanobind.h>
#include <nanobind/stl/string.h>
#include <nanobind/stl/vector.h>

#include <cstdint>
#include <memory>
#include <string>
#include <utility>
#include <vector>

#include "background.h"
#include "counted_progress.h"
#include "engine_process.h"
#include "held_array.h"
#include "pomona/dataset/image_input.h"
#include "pomona/dataset/input_options.h"
#include "pomona/extract/extract.h"

namespace nb = nanobind;
using nanobind::literals::operator""_a;

namespace pomona::python {
namespace {

// The columns of a feature table. One thread adds.
struct Columns : FeatureSink {
  std::vector<std::string> path;
  std::vector<std::string> label;
  std::vector<std::string> split;
  std::vector<float> features;
  std::size_t width = 0;
  std::size_t most_rows = 0;

  void add(const FeatureBatch& batch) override {
    if (features.empty()) features.reserve(most_rows * width);
    path.insert(path.end(), batch.path.begin(), batch.path.end());
    label.insert(label.end(), batch.label.begin(), batch.label.end());
    split.insert(split.end(), batch.split.begin(), batch.split.end());
    const MatrixView<const float> rows = batch.features.view();
    features.insert(features.end(), rows.row(0).data(), rows.row(0).data() + batch.rows() * width);
  }
  void finish() override {}
};

struct Extracted {
  std::shared_ptr<Columns> columns;
  std::vector<FileFailure> failures;
  FeaturizerOptions featurizer;
  SplitKind split_kind = SplitKind::kNone;
};

Extracted extract_now(const InputOptions& input, const ExtractOptions& options, Progress& progress,
                      const std::stop_token& stop) {
  const ExtractSetup setup = prepare_extract(options);
  const ImageRoots roots = open_roots(input);
  Scan found = scan(roots, input.split, progress, stop);
  Manifest& manifest = found.manifest;
  Extracted extracted{std::make_shared<Columns>(), {}, setup.featurizer, found.split_kind};
  extracted.columns->width = setup.row_width();
  extracted.columns->most_rows = manifest.rows.size();
  extract({roots, manifest, setup, options}, {extracted.columns.get()}, {}, progress, stop);
  extracted.failures = std::move(manifest.failures);
  return extracted;
}

// `watch`: as watch_of() calls it.
nb::tuple extract_folders(const InputOptions& input, const ExtractOptions& options,
                          const nb::object& watch) {
  enter_engine();
  input.check();
  options.check();
  const auto counted = std::make_shared<Counted>();
  const auto extracted = interruptible<Extracted>(
      [input, options, counted](const std::stop_token& stop) {
        return extract_now(input, options, *counted, stop);
      },
      watch_of(counted, watch));
  nb::list failures;
  for (const FileFailure& one : extracted.failures) {
    failures.append(nb::make_tuple(one.path, one.stage, one.kind, one.message));
  }
  Columns& columns = *extracted.columns;
  const nb::object features = numpy_array_over(columns.features.data(), columns.path.size(),
                                               columns.width, extracted.columns);
  return nb::make_tuple(nb::make_tuple(columns.path, columns.label, columns.split, features),
                        failures,
                        nb::make_tuple(extracted.featurizer.size,
                                       std::string(precision_name(extracted.featurizer.precision)),
                                       extracted.featurizer.batch),
                        nb::make_tuple(std::string(split_kind_name(extracted.split_kind)),
                                       source_names(parse_image_inputs(input.images))),
                        counted->warnings());
}

}  // namespace

void bind_extraction(nb::module_& module) {
  module.def("extract_folders", &extract_folders, "input"_a, "options"_a, "watch"_a.none(),
             nb::sig("def extract_folders(input: InputOptions, options: ExtractOptions, "
                     "watch: collections.abc.Callable[[str, int, int], object] | None) -> "
                     "tuple[tuple[list[str], list[str], list[str], "
                     "numpy.typing.NDArray[numpy.float32]], list[tuple[str, str, str, str]], "
                     "tuple[int, str, int], tuple[str, list[str]], list[str]]"));
}

}  // namespace pomona::python
