// SPDX-License-Identifier: Apache-2.0
#include "options.h"

#include <nanobind/nanobind.h>
#include <nanobind/stl/optional.h>
#include <nanobind/stl/string.h>
#include <nanobind/stl/variant.h>
#include <nanobind/stl/vector.h>

#include <cstdint>
#include <optional>
#include <string>
#include <variant>
#include <vector>

#include "photographs.h"
#include "pomona/dataset/input_options.h"
#include "pomona/evaluation/train_chain.h"
#include "pomona/extract/extract.h"

namespace nb = nanobind;
using nanobind::literals::operator""_a;

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

// A count of components, or a share of the variance.
using Components = std::variant<std::size_t, double>;

void bind_reduce_options(nb::module_& module) {
  nb::class_<ReduceOptions>(module, "ReduceOptions")
      .def(nb::init<>())
      .def(
          "set_components",
          [](ReduceOptions& self, const Components& components) {
            self.components = components.index() == 0
                                  ? ComponentChoice(ComponentCount{std::get<0>(components)})
                                  : ComponentChoice(VarianceShare{std::get<1>(components)});
          },
          "components"_a)
      .def_rw("scale", &ReduceOptions::scale)
      .def("check", &ReduceOptions::check);
}

void bind_train_options(nb::module_& module) {
  nb::class_<TrainOptions>(module, "TrainOptions")
      .def(nb::init<>())
      .def_prop_rw(
          "classifier",
          [](const TrainOptions& self) {
            return std::string(classifier_kind_name(self.classifier));
          },
          [](TrainOptions& self, const std::string& name) {
            self.classifier = classifier_kind_from_name(name);
          })
      .def("set_catalogue",
           [](TrainOptions& self, nb::handle path) { self.catalogue = path_from_python(path); })
      .def("set_backbone_classes",
           [](TrainOptions& self, nb::handle path) {
             self.backbone_classes = path_from_python(path);
           })
      .def_rw("studio", &TrainOptions::studio)
      .def_rw("adapt", &TrainOptions::adapt)
      .def_rw("folds", &TrainOptions::folds)
      .def_rw("reject_rate", &TrainOptions::reject_rate)
      .def_rw("c", &TrainOptions::c)
      .def_rw("seed", &TrainOptions::seed)
      .def_rw("workers", &TrainOptions::workers);
  nb::class_<TrainChainOptions>(module, "TrainChainOptions")
      .def(nb::init<>())
      .def_rw("reduce", &TrainChainOptions::reduce)
      .def_rw("train", &TrainChainOptions::train)
      .def_rw("split", &TrainChainOptions::split)
      .def_rw("sources", &TrainChainOptions::sources)
      .def_prop_rw(
          "split_kind",
          [](const TrainChainOptions& self) {
            return std::string(split_kind_name(self.split_kind));
          },
          [](TrainChainOptions& self, const std::string& name) {
            self.split_kind = split_kind_from_name(name);
          })
      .def("check", &TrainChainOptions::check);
}

}  // namespace

void bind_options(nb::module_& module) {
  bind_decode_limits(module);
  bind_extract_options(module);
  bind_input_options(module);
  bind_reduce_options(module);
  bind_train_options(module);
}

}  // namespace pomona::python
