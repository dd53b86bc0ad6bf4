// SPDX-License-Identifier: Apache-2.0
#include "columns/arrow_column.h"

#include <algorithm>
#include <charconv>
#include <cstddef>
#include <cstdint>
#include <string>

#include "pomona/base/error.h"

namespace pomona::python {

bool ArrowColumn::valid(std::int64_t row) const {
  const auto* bits = values<std::uint8_t>(0);
  const std::int64_t bit = offset + row;
  return bits == nullptr || ((bits[bit / 8] >> (bit % 8)) & 1) != 0;
}

const ArrowColumn& ArrowTable::column(const std::string& name) const {
  const auto found = std::ranges::find(columns, name, &ArrowColumn::name);
  if (found != columns.end()) return *found;
  std::string names;
  for (const ArrowColumn& column : columns) names += (names.empty() ? "" : ", ") + column.name;
  throw Error(ErrorKind::kInvalidInput,
              "the table has no column '" + name + "'; its columns are: " + names);
}

ArrowTable ArrowTable::slice(std::int64_t offset, std::int64_t length) const {
  ArrowTable sliced = *this;
  const std::int64_t first = std::clamp<std::int64_t>(offset, 0, rows);
  sliced.rows = std::clamp<std::int64_t>(length, 0, rows - first);
  for (ArrowColumn& column : sliced.columns) {
    column.offset += first;
    column.length = sliced.rows;
    if (column.nulls != 0 && sliced.rows != rows) column.nulls = -1;
  }
  return sliced;
}

std::int64_t list_width(const ArrowColumn& column) {
  std::int64_t width = 0;
  const std::string& format = column.format;
  std::from_chars(format.data() + sizeof("+w:") - 1, format.data() + format.size(), width);
  return width;
}

}  // namespace pomona::python
