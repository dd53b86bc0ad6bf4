// SPDX-License-Identifier: Apache-2.0
#include <nanobind/nanobind.h>
#include <nanobind/ndarray.h>
#include <nanobind/stl/string.h>

#include <algorithm>
#include <array>
#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "columns/arrow_builders.h"
#include "columns/column_conversion.h"
#include "pomona/base/error.h"
#include "python_owner.h"

namespace nb = nanobind;

namespace pomona::python {
namespace {

using AnyArray = nb::ndarray<nb::ro, nb::device::cpu>;

constexpr const char* kAccepted =
    "a NumPy array of bool, int32, int64, float32 or float64 with one dimension, one of float32 "
    "or float64 with two, or a list of str, bytes, float or [(str, float)]";

std::string type_of(nb::handle value) {
  const nb::object type = value.type().attr("__name__");
  return nb::str(type).c_str();
}

[[noreturn]] void refuse(const std::string& name, const std::string& problem) {
  throw Error(ErrorKind::kInvalidInput, "cannot build the column '" + name + "': " + problem);
}

[[noreturn]] void refuse_value(const std::string& name, std::size_t row, const char* expected,
                               nb::handle value) {
  refuse(name, "expected " + std::string(expected) + " in row " + std::to_string(row) + ", found " +
                   type_of(value));
}

// What a type of C++ is called by the C data interface.
struct NumberFormat {
  nb::dlpack::dtype dtype;
  const char* format;
};
constexpr std::array<NumberFormat, 4> kNumberFormats = {{{nb::dtype<std::int32_t>(), "i"},
                                                         {nb::dtype<std::int64_t>(), "l"},
                                                         {nb::dtype<float>(), "f"},
                                                         {nb::dtype<double>(), "g"}}};

bool c_contiguous(const AnyArray& array) {
  if (array.size() == 0) return true;  // whose strides mean nothing
  std::int64_t stride = 1;
  for (std::size_t axis = array.ndim(); axis-- > 0;) {
    if (array.shape(axis) > 1 && array.stride(axis) != stride) return false;
    stride *= static_cast<std::int64_t>(array.shape(axis));
  }
  return true;
}

ArrowColumn packed_booleans(const std::string& name, const AnyArray& array) {
  const auto* flags = static_cast<const std::uint8_t*>(array.data());
  Bitmap bits;
  bits.reserve(static_cast<std::int64_t>(array.size()));
  std::for_each_n(flags, array.size(), [&](std::uint8_t flag) { bits.append(flag != 0); });
  return bool_column(name, std::move(bits), static_cast<std::int64_t>(array.size()));
}

ArrowColumn array_column(const std::string& name, nb::handle values) {
  AnyArray array;
  if (!nb::try_cast(values, array, false)) {
    refuse(name, "expected " + std::string(kAccepted) + ", found a " + type_of(values) +
                     " of another type");
  }
  if (!c_contiguous(array)) {
    refuse(name,
           "expected an array whose values lie in memory without gaps in C order; pass "
           "numpy.ascontiguousarray(…)");
  }
  if (array.dtype() == nb::dtype<bool>() && array.ndim() == 1) return packed_booleans(name, array);
  const auto* number = std::ranges::find(kNumberFormats, array.dtype(), &NumberFormat::dtype);
  const bool list = array.ndim() == 2 && array.dtype().code == nb::dtype<float>().code;
  if (number == kNumberFormats.end() || (array.ndim() != 1 && !list)) {
    const nb::object dtype = values.attr("dtype");
    refuse(name, "expected " + std::string(kAccepted) + ", found an array of dtype " +
                     nb::str(dtype).c_str() + " with " + std::to_string(array.ndim()) +
                     " dimensions");
  }
  if (reinterpret_cast<std::uintptr_t>(array.data()) % array.itemsize() != 0) {
    refuse(name, "its values are not aligned in memory; pass a copy of the array");
  }
  ArrowColumn column;
  column.name = name;
  column.format = number->format;
  column.length = static_cast<std::int64_t>(array.size());
  column.buffers = {nullptr, array.data()};
  column.owner = python_owner(values);
  if (!list) return column;
  return list_column(name, std::move(column), static_cast<std::int64_t>(array.shape(0)),
                     static_cast<std::int64_t>(array.shape(1)));
}

// Until the string is changed or freed.
std::string_view text_of(const std::string& name, std::size_t row, nb::handle value) {
  if (!nb::isinstance<nb::str>(value)) refuse_value(name, row, "str or None", value);
  Py_ssize_t size = 0;
  const char* text = PyUnicode_AsUTF8AndSize(value.ptr(), &size);
  if (text == nullptr) {
    PyErr_Clear();
    refuse(name, "the text in row " + std::to_string(row) +
                     " has characters that UTF-8 has not (lone surrogates, as file names that are "
                     "not UTF-8 have); write their bytes as %XX, as pomona does");
  }
  return {text, static_cast<std::size_t>(size)};
}

ArrowColumn text_column(const std::string& name, const nb::list& values) {
  TextBuilder built(false);
  std::size_t bytes = 0;
  for (std::size_t row = 0; row < values.size(); ++row) {
    const nb::handle value = values[row];
    if (!value.is_none()) bytes += text_of(name, row, value).size();
  }
  built.reserve(static_cast<std::int64_t>(values.size()), bytes);
  for (std::size_t row = 0; row < values.size(); ++row) {
    const nb::handle value = values[row];
    if (value.is_none()) {
      built.append_null();
    } else {
      built.append(text_of(name, row, value));
    }
  }
  return std::move(built).finish(name);
}

ArrowColumn bytes_column(const std::string& name, const nb::list& values) {
  TextBuilder built(true);
  std::size_t bytes = 0;
  for (std::size_t row = 0; row < values.size(); ++row) {
    const nb::handle value = values[row];
    if (value.is_none()) continue;
    if (!nb::isinstance<nb::bytes>(value)) refuse_value(name, row, "bytes or None", value);
    bytes += nb::cast<nb::bytes>(value).size();
  }
  built.reserve(static_cast<std::int64_t>(values.size()), bytes);
  for (const nb::handle value : values) {
    if (value.is_none()) {
      built.append_null();
    } else {
      const auto held = nb::cast<nb::bytes>(value);
      built.append({held.c_str(), held.size()});
    }
  }
  return std::move(built).finish(name);
}

double number_of(const std::string& name, std::size_t row, nb::handle value) {
  if (!PyFloat_Check(value.ptr()) && !PyLong_Check(value.ptr())) {
    refuse_value(name, row, "float or None", value);
  }
  const double number = PyFloat_AsDouble(value.ptr());
  if (number == -1 && PyErr_Occurred() != nullptr) {
    PyErr_Clear();
    refuse(name, "the number in row " + std::to_string(row) + " is too large for a double");
  }
  return number;
}

ArrowColumn double_column(const std::string& name, const nb::list& values) {
  std::vector<double> numbers;
  Bitmap validity;
  numbers.reserve(values.size());
  for (std::size_t row = 0; row < values.size(); ++row) {
    const nb::handle value = values[row];
    numbers.push_back(value.is_none() ? 0 : number_of(name, row, value));
    validity.append(!value.is_none());
  }
  return column_of(name, "g", std::move(numbers), std::move(validity));
}

ArrowColumn answers_column(const std::string& name, const nb::list& values) {
  constexpr const char* kExpected = "a list of (label, probability)";
  AnswersBuilder built;
  for (std::size_t row = 0; row < values.size(); ++row) {
    const nb::object value = values[row];
    if (!nb::isinstance<nb::list>(value)) refuse_value(name, row, kExpected, value);
    for (const nb::handle answer : nb::cast<nb::list>(value)) {
      nb::tuple pair;
      if (!nb::try_cast(answer, pair, false) || pair.size() != 2) {
        refuse_value(name, row, kExpected, answer);
      }
      const nb::object label = pair[0];
      const nb::object probability = pair[1];
      built.append(text_of(name, row, label), number_of(name, row, probability));
    }
    built.end_row();
  }
  return std::move(built).finish(name);
}

std::string inferred_type(const std::string& name, const nb::list& values) {
  for (std::size_t row = 0; row < values.size(); ++row) {
    const nb::handle value = values[row];
    if (value.is_none()) continue;
    if (nb::isinstance<nb::str>(value)) return "utf8";
    if (nb::isinstance<nb::bytes>(value)) return "binary";
    if (nb::isinstance<nb::list>(value)) return "answers";
    if (PyFloat_Check(value.ptr())) return "double";
    refuse_value(name, row, "str, bytes, float or [(str, float)]", value);
  }
  return "utf8";
}

}  // namespace

ArrowColumn column_from_python(const std::string& name, nb::handle values,
                               const std::string& type) {
  if (!nb::isinstance<nb::list>(values)) {
    if (nb::ndarray_check(values) && type.empty()) return array_column(name, values);
    refuse(name, "expected " + std::string(type.empty() ? kAccepted : "a list") + ", found " +
                     type_of(values));
  }
  const auto list = nb::cast<nb::list>(values);
  const std::string known = type.empty() ? inferred_type(name, list) : type;
  if (known == "utf8") return text_column(name, list);
  if (known == "binary") return bytes_column(name, list);
  if (known == "double") return double_column(name, list);
  if (known == "answers") return answers_column(name, list);
  refuse(name, "there is no type '" + known + "'; types are utf8, binary, double and answers");
}

}  // namespace pomona::python
