// SPDX-License-Identifier: Apache-2.0
#include <nanobind/nanobind.h>

#include <cstddef>
#include <cstdint>
#include <memory>
#include <optional>

#include "columns/arrow_column.h"
#include "columns/column_conversion.h"
#include "held_array.h"

namespace nb = nanobind;

namespace pomona::python {
namespace {

// What `at` makes of each row, None for null.
template <typename At>
nb::object list_of(const ArrowColumn& column, const At& at) {
  nb::list list;
  for (std::int64_t row = 0; row < column.length; ++row) {
    if (column.valid(row)) {
      list.append(at(row));
    } else {
      list.append(nb::none());
    }
  }
  return list;
}

template <typename T>
nb::object numbers(const ArrowColumn& column) {
  const T* values = column.values<T>(1) + column.offset;
  if (column.buffers[0] == nullptr) {
    return numpy_array_over(values, static_cast<std::size_t>(column.length), std::nullopt,
                            column.owner);
  }
  return list_of(column, [&](std::int64_t row) { return nb::cast(values[row]); });
}

bool bit(const ArrowColumn& column, std::int64_t row) {
  const std::int64_t at = column.offset + row;
  return ((column.values<std::uint8_t>(1)[at / 8] >> (at % 8)) & 1) != 0;
}

nb::object booleans(const ArrowColumn& column) {
  if (column.buffers[0] != nullptr) {
    return list_of(column, [&](std::int64_t row) { return nb::bool_(bit(column, row)); });
  }
  const auto size = static_cast<std::size_t>(column.length);
  const auto flags = std::make_shared<std::unique_ptr<bool[]>>(std::make_unique<bool[]>(size));
  for (std::size_t row = 0; row < size; ++row) {
    (*flags)[row] = bit(column, static_cast<std::int64_t>(row));
  }
  return numpy_array_over<const bool>(flags->get(), size, std::nullopt, flags);
}

nb::object matrix(const ArrowColumn& column) {
  const ArrowColumn& items = column.children.front();
  const std::int64_t width = list_width(column);
  const std::int64_t first = items.offset + (column.offset * width);
  const auto rows = static_cast<std::size_t>(column.length);
  const auto columns = static_cast<std::size_t>(width);
  if (items.format == "f") {
    return numpy_array_over(items.values<float>(1) + first, rows, columns, items.owner);
  }
  return numpy_array_over(items.values<double>(1) + first, rows, columns, items.owner);
}

template <typename Object, typename Offset>
Object text_at(const ArrowColumn& column, std::int64_t row) {
  const Offset* offsets = column.values<Offset>(1) + column.offset + row;
  return Object(column.values<char>(2) + offsets[0],
                static_cast<std::size_t>(offsets[1] - offsets[0]));
}

template <typename Object, typename Offset>
nb::object texts(const ArrowColumn& column) {
  return list_of(column, [&](std::int64_t row) { return text_at<Object, Offset>(column, row); });
}

nb::object answers(const ArrowColumn& column) {
  const ArrowColumn& labels = column.children.front().children[0];
  const auto* probabilities = column.children.front().children[1].values<double>(1);
  const bool large = labels.format == "U";
  return list_of(column, [&](std::int64_t row) {
    const auto* offsets = column.values<std::int32_t>(1) + column.offset + row;
    nb::list list;
    for (std::int64_t at = offsets[0]; at < offsets[1]; ++at) {
      list.append(nb::make_tuple(large ? text_at<nb::str, std::int64_t>(labels, at)
                                       : text_at<nb::str, std::int32_t>(labels, at),
                                 probabilities[at]));
    }
    return list;
  });
}

}  // namespace

nb::object column_to_python(const ArrowColumn& column) {
  switch (column.format.front()) {
    case 'b': return booleans(column);
    case 'i': return numbers<std::int32_t>(column);
    case 'l': return numbers<std::int64_t>(column);
    case 'f': return numbers<float>(column);
    case 'g': return numbers<double>(column);
    case 'u': return texts<nb::str, std::int32_t>(column);
    case 'U': return texts<nb::str, std::int64_t>(column);
    case 'z': return texts<nb::bytes, std::int32_t>(column);
    case 'Z': return texts<nb::bytes, std::int64_t>(column);
    default: return column.format == "+l" ? answers(column) : matrix(column);
  }
}

}  // namespace pomona::python
