// SPDX-License-Identifier: Apache-2.0
// An affine map of rows, for the sources of this module. Any thread.
#pragma once

#include <span>

#include "pomona/base/matrix.h"

namespace pomona {

// out = rows · weightsᵀ + offset, sums in float64: rows × dims, outputs × dims, outputs → rows ×
// outputs. The bits of a row depend neither on the other rows nor on its place among them. `what`
// names the map in the error: throws invalid_input when shapes do not fit. Any thread.
void apply_affine(const char* what, const Matrix<double>& weights, std::span<const double> offset,
                  MatrixView<const float> rows, MatrixView<float> out);
void apply_affine(const char* what, const Matrix<double>& weights, std::span<const double> offset,
                  MatrixView<const float> rows, MatrixView<double> out);

}  // namespace pomona
