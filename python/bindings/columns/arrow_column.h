// SPDX-License-Identifier: Apache-2.0
// Columns and tables in Arrow's layout, without Arrow: pointers into memory that an owner keeps
// alive. Values; any thread may copy, read and drop them, with or without the GIL.
#pragma once

#include <cstdint>
#include <map>
#include <memory>
#include <string>
#include <vector>

namespace pomona::python {

// A column, or the child of a nested one. These formats exist:
//   b i l f g   bool, int32, int64, float32, float64
//   u U z Z     utf8, large_utf8, binary, large_binary
//   +w:N        fixed_size_list of f or g
//   +l          list of struct<label: utf8, probability: float64>
// Buffers are those that Arrow's columnar format lists; the first is the validity bitmap, or null.
struct ArrowColumn {
  std::string name;
  std::string format;  // of Arrow's C data interface
  std::int64_t length = 0;
  std::int64_t offset = 0;  // of the first value in the buffers
  std::int64_t nulls = 0;   // -1: not counted
  std::vector<const void*> buffers;
  std::vector<ArrowColumn> children;
  std::shared_ptr<const void> owner;  // of the buffers

  bool valid(std::int64_t row) const;
  template <typename T>
  const T* values(std::size_t buffer) const {
    return static_cast<const T*>(buffers[buffer]);
  }
};

struct ArrowTable {
  std::int64_t rows = 0;
  std::vector<ArrowColumn> columns;
  std::map<std::string, std::string> metadata = {};  // of the schema; any bytes

  // Throws invalid_input with the names that there are.
  const ArrowColumn& column(const std::string& name) const;
  // The same memory; both are cut to the rows that there are.
  ArrowTable slice(std::int64_t offset, std::int64_t length) const;
};

// The N of "+w:N".
std::int64_t list_width(const ArrowColumn& column);

}  // namespace pomona::python
