// SPDX-License-Identifier: Apache-2.0
#include "table.h"

#include <nanobind/nanobind.h>
#include <nanobind/stl/map.h>
#include <nanobind/stl/string.h>
#include <nanobind/stl/vector.h>

#include <cstdint>
#include <map>
#include <memory>
#include <string>
#include <utility>
#include <vector>

#include "arrow_abi.h"
#include "arrow_column.h"
#include "arrow_export.h"
#include "column_conversion.h"
#include "pomona/base/error.h"
#include "python_owner.h"

namespace nb = nanobind;
using namespace nanobind::literals;

namespace pomona::python {
namespace {

using ColumnTypes = std::map<std::string, std::string>;

ArrowTable make_table(const nb::dict& columns, const ColumnTypes& types) {
  ArrowTable table;
  table.columns.reserve(columns.size());
  for (const auto& [key, values] : columns) {
    const auto name = nb::cast<std::string>(key);
    const auto type = types.find(name);
    table.columns.push_back(
        column_from_python(name, values, type == types.end() ? "" : type->second));
    const ArrowColumn& first = table.columns.front();
    const ArrowColumn& last = table.columns.back();
    if (last.length != first.length) {
      throw Error(ErrorKind::kInvalidInput,
                  "cannot build a table of columns that differ in length: '" + first.name +
                      "' has " + std::to_string(first.length) + " rows, '" + last.name + "' has " +
                      std::to_string(last.length));
    }
    table.rows = last.length;
  }
  return table;
}

// A capsule that owns what `fill` puts into a Struct. Whoever takes the struct out of the capsule
// sets `release` to null.
template <typename Struct, typename Fill>
nb::capsule exported(const char* name, const Fill& fill) {
  auto held = std::make_unique<Struct>();
  fill(held.get());
  return {held.release(), name, [](void* pointer) noexcept {
            const std::unique_ptr<Struct> owned(static_cast<Struct*>(pointer));
            if (owned->release != nullptr) owned->release(owned.get());
          }};
}

nb::capsule schema_capsule(const ArrowTable& table) {
  return exported<ArrowSchema>("arrow_schema",
                               [&](ArrowSchema* out) { export_schema(table, out); });
}

// The interface lets a producer answer with the types that it has, whatever is requested.
nb::capsule stream_capsule(const ArrowTable& table, const nb::object& /*requested_schema*/) {
  return exported<ArrowArrayStream>("arrow_array_stream",
                                    [&](ArrowArrayStream* out) { export_stream(table, out); });
}

std::vector<std::string> column_names(const ArrowTable& table) {
  std::vector<std::string> names;
  for (const ArrowColumn& column : table.columns) names.push_back(column.name);
  return names;
}

}  // namespace

void bind_table(nb::module_& module) {
  watch_interpreter_end(module);
  nb::class_<ArrowTable>(module, "Table")
      .def(nb::new_(&make_table), "columns"_a, "types"_a = ColumnTypes())
      .def_prop_ro("num_rows", [](const ArrowTable& self) { return self.rows; })
      .def_prop_ro("column_names", &column_names)
      .def(
          "column",
          [](const ArrowTable& self, const std::string& name) {
            return column_to_python(self.column(name));
          },
          "name"_a)
      .def("slice", &ArrowTable::slice, "offset"_a, "length"_a)
      .def("__arrow_c_schema__", &schema_capsule)
      .def("__arrow_c_stream__", &stream_capsule, "requested_schema"_a = nb::none());
}

}  // namespace pomona::python
