// SPDX-License-Identifier: Apache-2.0
// Numbers of NumPy arrays where they lie, and arrays made of results. Called with the GIL; what is
// held may be read and dropped on any thread.
#pragma once

#include <nanobind/nanobind.h>
#include <nanobind/ndarray.h>

#include <cstddef>
#include <memory>
#include <optional>
#include <span>
#include <string>
#include <type_traits>
#include <utility>
#include <vector>

#include "pomona/base/error.h"
#include "pomona/base/matrix.h"
#include "python_owner.h"

namespace pomona::python {

// Memory of an array of Python, which lives as long as this: also beyond a call that Ctrl-C ended.
template <class Number>
struct Held {
  MatrixView<const Number> view;  // one column where the array has one dimension
  std::shared_ptr<const void> owner;

  std::span<const Number> values() const { return {view.data(), view.size()}; }
};

// `what` is the argument, for the message.
template <class Number, std::size_t kDims>
Held<Number> hold(nanobind::handle object, const char* what) {
  using Array = nanobind::ndarray<const Number, nanobind::ndim<kDims>, nanobind::c_contig,
                                  nanobind::device::cpu>;
  Array array;
  if (!nanobind::try_cast<Array>(object, array, /*convert=*/false)) {
    throw Error(ErrorKind::kInvalidInput,
                std::string(what) + ": expected a C-contiguous array of " + std::to_string(kDims) +
                    " dimensions and " + std::to_string(8 * sizeof(Number)) + "-bit " +
                    (std::is_integral_v<Number> ? "integers" : "floats"));
  }
  return {{array.data(), array.shape(0), kDims == 2 ? array.shape(1) : 1}, python_owner(object)};
}

// An array over memory that `owner` keeps alive: of one dimension where there are no `cols`.
template <class Number>
nanobind::object numpy_array_over(Number* data, std::size_t rows, std::optional<std::size_t> cols,
                                  std::shared_ptr<const void> owner) {
  // The export would import NumPy too, but makes a TypeError of a Ctrl-C in the middle of it.
  nanobind::module_::import_("numpy");
  auto held = std::make_unique<std::shared_ptr<const void>>(std::move(owner));
  const nanobind::capsule keeper(held.release(), [](void* pointer) noexcept {
    delete static_cast<std::shared_ptr<const void>*>(pointer);
  });
  const std::size_t shape[] = {rows, cols.value_or(1)};
  return nanobind::cast(
      nanobind::ndarray<nanobind::numpy, Number>(data, cols ? 2 : 1, shape, keeper));
}

// An array over the values, which it owns.
template <class Number>
nanobind::object numpy_array_of(std::vector<Number> values, std::size_t rows,
                                std::optional<std::size_t> cols) {
  const auto owned = std::make_shared<std::vector<Number>>(std::move(values));
  return numpy_array_over(owned->data(), rows, cols, owned);
}

inline nanobind::object numpy_array_of(const std::vector<double>& values) {
  return numpy_array_of(values, values.size(), std::nullopt);
}
inline nanobind::object numpy_array_of(const Matrix<double>& matrix) {
  return numpy_array_of(std::vector<double>(matrix.data(), matrix.data() + matrix.size()),
                        matrix.rows(), matrix.cols());
}

}  // namespace pomona::python
