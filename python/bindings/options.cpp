// SPDX-License-Identifier: Apache-2.0
#include "options.h"

#include <nanobind/nanobind.h>
#include <nanobind/stl/optional.h>
#include <nanobind/stl/string.h>
#include <nanobind/stl/vector.h>

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "photographs.h"
#include "pomona/dataset/input_options.h"
#include "pomona/extract/extract.h"

namespace nb = nanobind;
using namespace nanobind::literals;

namespace pomona::python {
namespace {

std::vector<std::string> paths_from_python(const nb::list& paths) {
  std::vector<std::string> texts;
  for (const nb::handle path : paths) texts.push_back(path_from_python(path));
  return texts;
}

void bind_decode_limits(nb::module_& module) {
  nb::class_<DecodeLimits>(module, "DecodeLimits")
      .def(nb::init<>())
      .def_rw("max_pixels", &DecodeLimits::max_pixels)
      .def_rw("max_decode_memory", &DecodeLimits::max_decode_memory)
      .def_rw("max_decode_time", &DecodeLimits::max_decode_time)
      .def_rw("max_damage", &DecodeLimits::max_damage);
}

void bind_extract_options(nb::module_& module) {
  nb::class_<ExtractOptions>(module, "ExtractOptions")
      .def(nb::init<>())
      .def_rw("backbone", &ExtractOptions::backbone)
      .def_rw("models", &ExtractOptions::models)
      .def_rw("size", &ExtractOptions::size)
      .def_prop_rw(
          "precision",
          [](const ExtractOptions& self) {
            return std::string(self.precision ? precision_name(*self.precision) : "auto");
          },
          [](ExtractOptions& self, const std::string& name) {
            self.precision.reset();
            if (name != "auto") self.precision = precision_from_name(name);
          })
      .def_prop_rw(
          "fit", [](const ExtractOptions& self) { return std::string(fit_name(self.fit)); },
          [](ExtractOptions& self, const std::string& name) { self.fit = fit_from_name(name); })
      .def_prop_rw(
          "crops", [](const ExtractOptions& self) { return crop_names(self.crops); },
          [](ExtractOptions& self, const std::vector<std::string>& names) {
            self.crops = crops_from_names(names);
          })
      .def_rw("batch", &ExtractOptions::batch)
      .def_rw("workers", &ExtractOptions::workers)
      .def_rw("max_failures", &ExtractOptions::max_failures)
      .def_rw("limits", &ExtractOptions::limits)
      .def("check", &ExtractOptions::check);
}

// As python/pomona hands them over: nothing that the core takes has another default here.
void bind_input_options(nb::module_& module) {
  nb::class_<SplitOptions>(module, "SplitOptions")
      .def(nb::init<>())
      .def_rw("holdout", &SplitOptions::holdout)
      .def_rw("train_files", &SplitOptions::train_files)
      .def_rw("test_files", &SplitOptions::test_files)
      .def_rw("group", &SplitOptions::group)
      .def_rw("seed", &SplitOptions::seed);
  nb::class_<InputOptions>(module, "InputOptions")
      .def(nb::init<>())
      .def_rw("split", &InputOptions::split)
      .def_rw("include_hidden", &InputOptions::include_hidden)
      .def(
          "set_images",
          [](InputOptions& self, const nb::list& places) {
            self.images = paths_from_python(places);
          },
          "places"_a, nb::sig("def set_images(self, places: list[str]) -> None"))
      .def(
          "set_test",
          [](InputOptions& self, const nb::list& places) { self.test = paths_from_python(places); },
          "places"_a, nb::sig("def set_test(self, places: list[str]) -> None"))
      .def("set_classes",
           [](InputOptions& self, nb::handle path) { self.classes = path_from_python(path); });
}

}  // namespace

void bind_options(nb::module_& module) {
  bind_decode_limits(module);
  bind_extract_options(module);
  bind_input_options(module);
}

}  // namespace pomona::python
