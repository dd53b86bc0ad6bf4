// SPDX-License-Identifier: Apache-2.0
// Fitting a linear discriminant analysis, which novelty.h measures distances along. Any thread.
#pragma once

#include <cstddef>
#include <cstdint>
#include <span>

#include "pomona/base/matrix.h"
#include "pomona/learn/pca.h"

namespace pomona {

// Directions along which classes lie far apart for how much their rows spread, seen from the mean:
// linear discriminant analysis with the covariance within classes shrunk towards a multiple of the
// identity (Friedman, Regularized Discriminant Analysis, 1989). Of rows that are whitened by it the
// principal components are taken, so there can be more directions than classes.
//
// rows × dims, a label from 0 and a positive weight for each; at most `count` directions, of few
// rows fewer (max_components() of pca_fit.h). Throws invalid_input when shapes do not fit, there
// is no row, a label or a weight is not as said, a value is not finite or the count is 0. Any
// thread.
Projection fit_discriminants(MatrixView<const float> rows, std::span<const std::int32_t> labels,
                             std::span<const double> weights, std::size_t count);

}  // namespace pomona
