// SPDX-License-Identifier: Apache-2.0
#include <nanobind/nanobind.h>
#include <nanobind/stl/shared_ptr.h>
#include <nanobind/stl/string.h>
#include <nanobind/stl/vector.h>

#include <memory>
#include <string>

#include "background.h"
#include "photographs.h"
#include "pomona/base/digest.h"
#include "pomona/bundle/bundle.h"
#include "pomona/bundle/write_bundle.h"
#include "pomona/predict/bundle_network.h"
#include "pomona/predict/open_bundle.h"
#include "pomona/storage/memory_store.h"
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

}  // namespace

void bind_bundle(nb::module_& module) {
  nb::class_<Bundle>(module, "Bundle")
      .def_static("open", &open_bundle_at, "place"_a, "models"_a)
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
