// SPDX-License-Identifier: Apache-2.0
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
#include "engine_process.h"
#include "held_array.h"
#include "photographs.h"
#include "pomona/base/digest.h"
#include "pomona/base/error.h"
#include "pomona/bundle/bundle.h"
#include "pomona/bundle/write_bundle.h"
#include "pomona/extract/extract.h"
#include "pomona/predict/bundle_network.h"
#include "pomona/predict/open_bundle.h"
#include "pomona/storage/memory_store.h"
#include "pomona/training/make_bundle.h"
#include "predictor.h"

namespace nb = nanobind;
using nanobind::literals::operator""_a;

namespace pomona::python {
namespace {

using BundlePointer = std::shared_ptr<Bundle>;

BundlePointer open_bundle_at(nb::handle place, nb::handle models) {
  const std::string folder = path_from_python(place);
  const std::string models_folder = path_from_python(models);
  return interruptible<BundlePointer>([folder, models_folder](const std::stop_token&) {
    return std::make_shared<Bundle>(open_bundle(folder, models_folder, *local_store_opener()));
  });
}

// The digest of the digests of all its files.
std::string digest_of(const BundlePointer& bundle) {
  return interruptible<std::string>([bundle](const std::stop_token&) {
    MemoryStore files;
    write_bundle(*bundle, files, "");
    return sha256(files.read("SHA256SUMS"));
  });
}

void save_bundle(const BundlePointer& bundle, nb::handle place) {
  const std::string folder = path_from_python(place);
  run_interruptibly([bundle, folder](const std::stop_token&) {
    write_bundle(*bundle, *local_store_opener()->open(folder, {.create = true}), "");
  });
}

std::vector<double> numbers_of(const nb::dict& arrays, const char* name) {
  const auto values = hold<double, 1>(arrays[name], name).values();
  return {values.begin(), values.end()};
}

Matrix<double> matrix_of(const nb::dict& arrays, const char* name) {
  const auto held = hold<double, 2>(arrays[name], name);
  Matrix<double> matrix(held.view.rows(), held.view.cols());
  std::ranges::copy(held.values(), matrix.data());
  return matrix;
}

// What somebody else has fitted, by the names of the arrays in the bundle's structs. `kind`: of the
// classifier.
TrainedParts parts_of(const nb::dict& arrays, const std::string& kind, double temperature) {
  TrainedParts parts;
  parts.reduction.scaler = {numbers_of(arrays, "mean"), numbers_of(arrays, "scale")};
  Pca& pca = parts.reduction.pca;
  pca.components = matrix_of(arrays, "components");
  pca.explained_variance = numbers_of(arrays, "explained_variance");
  pca.explained_variance_ratio = numbers_of(arrays, "explained_variance_ratio");
  pca.spectrum_ratio = numbers_of(arrays, "spectrum_ratio");
  parts.trained.kind = classifier_kind_from_name(kind);
  if (parts.trained.kind == ClassifierKind::kNone) return parts;
  parts.trained.classifier = {matrix_of(arrays, "weights"), numbers_of(arrays, "bias"),
                              temperature};
  return parts;
}

void check_width(const ExtractSetup& setup, const TrainedParts& parts) {
  const auto expected = static_cast<std::size_t>(setup.backbone.spec.feature_count);
  if (parts.reduction.scaler.dims() == expected) return;
  throw Error(ErrorKind::kInvalidInput,
              "making a bundle: expected stages for rows of " + std::to_string(expected) +
                  " features, as the backbone '" + setup.backbone.spec.name +
                  "' gives them, found stages for " +
                  std::to_string(parts.reduction.scaler.dims()) +
                  "; name the backbone that made the features");
}

// Nobody says which photographs were learnt from: the digest is that of none.
BundlePointer bundle_of_parts(const ExtractOptions& made_by, const nb::dict& arrays,
                              const std::string& kind, double temperature,
                              const std::vector<std::string>& labels) {
  enter_engine();
  made_by.check();
  return interruptible<BundlePointer>(
      [made_by, parts = parts_of(arrays, kind, temperature), labels](const std::stop_token& stop) {
        const ExtractSetup setup = prepare_extract(made_by, stop);
        check_width(setup, parts);
        TableRows rows;
        rows.train_labels = labels;
        auto bundle = std::make_shared<Bundle>(make_bundle(setup, parts, rows, std::nullopt, "{}"));
        check_bundle(*bundle);
        return bundle;
      });
}

}  // namespace

void bind_bundle(nb::module_& module) {
  nb::class_<Bundle>(module, "Bundle")
      .def_static("open", &open_bundle_at, "place"_a, "models"_a)
      .def_static("of_parts", &bundle_of_parts, "made_by"_a, "arrays"_a, "kind"_a, "temperature"_a,
                  "labels"_a,
                  nb::sig("def of_parts(made_by: ExtractOptions, "
                          "arrays: dict[str, numpy.typing.NDArray[numpy.float64]], kind: str, "
                          "temperature: float, labels: list[str]) -> Bundle"))
      .def_static("save", &save_bundle, "bundle"_a, "folder"_a)
      .def_static("digest", &digest_of, "bundle"_a)
      .def_ro("labels", &Bundle::labels)
      .def_ro("size", &Bundle::size)
      .def_ro("fit", &Bundle::fit)
      .def_ro("crops", &Bundle::crops)
      .def_ro("precision", &Bundle::precision)
      .def_ro("batch", &Bundle::batch)
      .def_ro("metrics", &Bundle::metrics)
      .def_ro("catalogue", &Bundle::catalogue)
      .def_ro("training_digest", &Bundle::training_digest)
      .def_prop_ro("backbone", [](const Bundle& self) { return backbone_spec_of(self).name; })
      .def_prop_ro("reject_rate", [](const Bundle& self) { return self.reject_option.rate; })
      .def_prop_ro("components", [](const Bundle& self) { return self.pca.components.rows(); })
      .def_prop_ro("classifier", [](const Bundle& self) {
        return std::string(classifier_kind_name(self.classifier_kind));
      });
}

}  // namespace pomona::python
