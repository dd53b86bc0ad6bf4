// SPDX-License-Identifier: Apache-2.0
#include "dataset.h"

#include <nanobind/nanobind.h>
#include <nanobind/stl/optional.h>
#include <nanobind/stl/string.h>
#include <nanobind/stl/vector.h>

#include <cstddef>
#include <memory>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "background.h"
#include "counted_progress.h"
#include "memory_rows.h"
#include "pomona/base/parallel.h"
#include "pomona/dataset/labeller.h"
#include "pomona/dataset/memory_table.h"

namespace nb = nanobind;
using nanobind::literals::operator""_a;

namespace pomona::python {
namespace {

// The first part of a path names its source where `sources` are given. `classes`: text of a class
// map, which messages call `what`.
LabelRule make_label_rule(const std::optional<std::string>& classes, const std::string& what,
                          std::vector<std::string> sources) {
  LabelRule rule;
  if (classes) rule.classes = ClassMap::parse(*classes, what);
  rule.train_sources = std::move(sources);
  return rule;
}

// None for a photograph whose class is dropped. Throws for classes that the map does not know.
std::vector<std::optional<std::string>> labels_of_paths(const LabelRule& rule,
                                                        const std::vector<std::string>& paths) {
  std::vector<std::optional<std::string>> labels;
  labels.reserve(paths.size());
  Labeller labeller(rule);
  for (const std::string& path : paths) {
    const auto label = labeller.label(Split::kTrain, path);
    labels.push_back(label ? std::optional<std::string>(*label) : std::nullopt);
  }
  labeller.refuse_unknown();
  return labels;
}

// Whether each of the rows, in the order in which they were given, is for the test.
nb::tuple hold_out(const GivenRows& rows, const SplitOptions& split) {
  const auto counted = std::make_shared<Counted>();
  auto sides =
      interruptible<std::vector<bool>>([given = rows, split, counted](const std::stop_token& stop) {
        const MemoryTable table(given.rows, split, {*counted, stop, usable_cores()});
        const auto& found = table.table_rows().manifest.rows;
        std::vector<bool> is_test(found.size());
        for (std::size_t i = 0; i < found.size(); ++i) {
          is_test[table.order()[i]] = found[i].split == Split::kTest;
        }
        return is_test;
      });
  return nb::make_tuple(std::move(sides), counted->warnings());
}

}  // namespace

void bind_dataset(nb::module_& module) {
  nb::class_<LabelRule>(module, "LabelRule")
      .def(nb::new_(&make_label_rule), "classes"_a.none(), "what"_a, "sources"_a)
      .def("labels", &labels_of_paths, "paths"_a);
  module.def("hold_out", &hold_out, "rows"_a, "split"_a,
             nb::sig("def hold_out(rows: MemoryRows, split: SplitOptions) -> "
                     "tuple[list[bool], list[str]]"));
}

}  // namespace pomona::python
