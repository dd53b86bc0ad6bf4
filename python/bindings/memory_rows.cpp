// SPDX-License-Identifier: Apache-2.0
#include "memory_rows.h"

#include <nanobind/nanobind.h>
#include <nanobind/stl/string.h>
#include <nanobind/stl/vector.h>

#include <string>
#include <utility>
#include <vector>

#include "held_array.h"

namespace nb = nanobind;
using nanobind::literals::operator""_a;

namespace pomona::python {
namespace {

GivenRows make_memory_rows(const nb::object& features, std::size_t crops) {
  Held<float> held = hold<float, 2>(features, "features");
  GivenRows given;
  given.rows.features = held.view;
  given.rows.crops = crops;
  given.owner = std::move(held.owner);
  return given;
}

void set_sides(GivenRows& self, const std::vector<std::string>& names) {
  self.rows.sides.clear();
  for (const std::string& name : names) self.rows.sides.push_back(split_from_name(name));
}

}  // namespace

void bind_memory_rows(nb::module_& module) {
  nb::class_<GivenRows>(module, "MemoryRows")
      .def(nb::new_(&make_memory_rows), "features"_a, "crops"_a = 1)
      .def_prop_rw(
          "labels", [](const GivenRows& self) { return self.rows.labels; },
          [](GivenRows& self, std::vector<std::string> labels) {
            self.rows.labels = std::move(labels);
          })
      .def_prop_rw(
          "paths", [](const GivenRows& self) { return self.rows.paths; },
          [](GivenRows& self, std::vector<std::string> paths) {
            self.rows.paths = std::move(paths);
          })
      .def_prop_rw(
          "groups", [](const GivenRows& self) { return self.rows.groups; },
          [](GivenRows& self, std::vector<std::string> groups) {
            self.rows.groups = std::move(groups);
          })
      .def("set_sides", &set_sides, "names"_a,
           nb::sig("def set_sides(self, names: list[str]) -> None"))
      .def("check", [](const GivenRows& self) { self.rows.check(); });
}

}  // namespace pomona::python
