// SPDX-License-Identifier: Apache-2.0
// Principal components of scaled features. Any thread.
#pragma once

#include <cstddef>
#include <vector>

#include "pomona/base/matrix.h"
#include "pomona/learn/scaler.h"

namespace pomona {

struct Pca {
  Matrix<double> components;               // n_components × dims, orthonormal rows
  std::vector<double> explained_variance;  // n_components, divided by rows - 1 as in scikit-learn
  // Of the total variance of all dims, not only of the components kept.
  std::vector<double> explained_variance_ratio;
  // The same for every dimension there is, for the curve in the report; largest first.
  std::vector<double> spectrum_ratio;

  std::size_t n_components() const { return components.rows(); }
  std::size_t dims() const { return components.cols(); }
};

// Scaler and PCA folded into one affine map for applying: components = rows · weightsᵀ + offset.
struct Projection {
  Matrix<double> weights;      // n_components × dims
  std::vector<double> offset;  // n_components
};

// Throws invalid_input unless both are of the same dims.
Projection fold(const Scaler& scaler, const Pca& pca);

// rows × dims → rows × n_components, sums in float64. The bits of a row do not depend on the
// others. Throws invalid_input when shapes do not fit.
void project(const Projection& projection, MatrixView<const float> rows,
             MatrixView<float> components);

}  // namespace pomona
