// SPDX-License-Identifier: Apache-2.0
#include "table.h"

#include <nanobind/nanobind.h>
#include <nanobind/stl/map.h>
#include <nanobind/stl/optional.h>
#include <nanobind/stl/string.h>
#include <nanobind/stl/vector.h>

#include <cstdint>
#include <map>
#include <memory>
#include <string>
#include <utility>
#include <vector>

#include "columns/arrow_abi.h"
#include "columns/arrow_column.h"
#include "columns/arrow_export.h"
#include "columns/arrow_import.h"
#include "columns/column_conversion.h"
#include "interpreter_end.h"
#include "pomona/base/error.h"

namespace nb = nanobind;
using nanobind::literals::operator""_a;

namespace pomona::python {
namespace {

using ColumnTypes = std::map<std::string, std::string>;

using Metadata = std::map<std::string, std::string>;

using ColumnValues = nb::typed<nb::dict, nb::str, nb::any>;

ArrowTable make_table(const ColumnValues& columns, const ColumnTypes& types, Metadata metadata) {
  ArrowTable table;
  table.metadata = std::move(metadata);
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

nb::dict metadata_to_python(const ArrowTable& table) {
  nb::dict metadata;
  for (const auto& [key, value] : table.metadata) {
    metadata[nb::bytes(key.data(), key.size())] = nb::bytes(value.data(), value.size());
  }
  return metadata;
}

// The struct in the capsule. Whoever takes it leaves an empty one there.
template <typename Struct>
Struct& struct_in(const nb::object& capsule, const char* name) {
  auto* held = static_cast<Struct*>(PyCapsule_GetPointer(capsule.ptr(), name));
  if (held == nullptr) throw nb::python_error();
  if (held->release == nullptr) {
    throw Error(ErrorKind::kInvalidInput,
                "cannot read the Arrow table: its capsule was read already; ask for another");
  }
  return *held;
}

void throw_if_interrupted() {
  const GilTaken taken;
  if (taken && PyErr_CheckSignals() != 0) throw nb::python_error();
}

ArrowTable read_stream(const nb::object& source, const WantedColumns& wanted) {
  const nb::object capsule = source.attr("__arrow_c_stream__")();
  const ArrowArrayStream stream =
      std::exchange(struct_in<ArrowArrayStream>(capsule, "arrow_array_stream"), {});
  const GilReleased released;
  return import_stream(stream, wanted, &throw_if_interrupted);
}

ArrowTable read_array(const nb::object& source, const WantedColumns& wanted) {
  const nb::object pair = source.attr("__arrow_c_array__")();
  const nb::object schema_capsule = pair[0];
  const nb::object array_capsule = pair[1];
  auto& held_schema = struct_in<ArrowSchema>(schema_capsule, "arrow_schema");
  auto& held_array = struct_in<ArrowArray>(array_capsule, "arrow_array");
  const ArrowSchema schema = std::exchange(held_schema, {});
  const ArrowArray array = std::exchange(held_array, {});
  const GilReleased released;
  return import_array(schema, array, wanted);
}

ArrowTable read_table(const nb::object& source, const WantedColumns& wanted) {
  if (nb::hasattr(source, "__arrow_c_stream__")) return read_stream(source, wanted);
  if (nb::hasattr(source, "__arrow_c_array__")) return read_array(source, wanted);
  const nb::object type = source.type().attr("__name__");
  throw Error(ErrorKind::kInvalidInput,
              "cannot read a table from a " + std::string(nb::str(type).c_str()) +
                  ": expected an object with __arrow_c_stream__ or __arrow_c_array__, such as a "
                  "DataFrame of pandas or polars or a table of pyarrow");
}

}  // namespace

void bind_table(nb::module_& module) {
  watch_interpreter_end(module);
  nb::class_<ArrowTable>(module, "Table")
      .def(nb::new_(&make_table), "columns"_a, "types"_a = ColumnTypes(), "metadata"_a = Metadata())
      .def_prop_ro("num_rows", [](const ArrowTable& self) { return self.rows; })
      .def_prop_ro("column_names", &column_names)
      .def_prop_ro("metadata", &metadata_to_python,
                   nb::sig("def metadata(self) -> dict[bytes, bytes]"))
      .def(
          "column",
          [](const ArrowTable& self, const std::string& name) {
            return column_to_python(self.column(name));
          },
          "name"_a, nb::sig("def column(self, name: str) -> typing.Any"))
      .def("slice", &ArrowTable::slice, "offset"_a, "length"_a)
      .def("__arrow_c_schema__", &schema_capsule)
      .def("__arrow_c_stream__", &stream_capsule, "requested_schema"_a = nb::none());
  module.def("read_table", &read_table, "table"_a, "columns"_a = nb::none());
}

}  // namespace pomona::python
