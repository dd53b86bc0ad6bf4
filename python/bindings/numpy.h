// SPDX-License-Identifier: Apache-2.0
// Matrices of the core as NumPy arrays and back. Called with the GIL.
#pragma once

#include <nanobind/nanobind.h>
#include <nanobind/ndarray.h>

#include <cstddef>
#include <cstdint>
#include <memory>
#include <span>
#include <utility>
#include <vector>

#include "pomona/base/matrix.h"

namespace pomona::python {

using FloatRows = nanobind::ndarray<const float, nanobind::ndim<2>, nanobind::c_contig,
                                    nanobind::device::cpu>;
using Labels = nanobind::ndarray<const std::int32_t, nanobind::ndim<1>, nanobind::c_contig,
                                 nanobind::device::cpu>;

// The memory of the array, which the caller keeps alive.
inline MatrixView<const float> view_of(const FloatRows& rows) {
  return {rows.data(), rows.shape(0), rows.shape(1)};
}
inline std::span<const std::int32_t> view_of(const Labels& labels) {
  return {labels.data(), labels.shape(0)};
}

// An array of this shape that takes over the values.
template <class Number, std::size_t kDims>
nanobind::ndarray<nanobind::numpy, Number> take_array(std::vector<Number> values,
                                                      const std::size_t (&shape)[kDims]) {
  auto owned = std::make_unique<std::vector<Number>>(std::move(values));
  Number* data = owned->data();
  const nanobind::capsule owner(owned.release(), [](void* held) noexcept {
    delete static_cast<std::vector<Number>*>(held);
  });
  return nanobind::ndarray<nanobind::numpy, Number>(data, kDims, shape, owner);
}

template <class Number>
nanobind::ndarray<nanobind::numpy, Number> copy_array(MatrixView<const Number> matrix) {
  return take_array(std::vector<Number>(matrix.data(), matrix.data() + matrix.size()),
                    {matrix.rows(), matrix.cols()});
}
template <class Number>
nanobind::ndarray<nanobind::numpy, Number> copy_array(const std::vector<Number>& values) {
  return take_array(values, {values.size()});
}

}  // namespace pomona::python
