// SPDX-License-Identifier: Apache-2.0
// Directions of rows from an origin, the vectors that cosine distances compare. Any thread.
#pragma once

#include <span>

#include "pomona/base/matrix.h"

namespace pomona {

// Where rows (rows × dims) lie, seen from `origin` (dims): vectors of length 1, whose products are
// cosines; 0 for a row that lies on the origin. The bits of a row do not depend on the others.
// Throws invalid_input when shapes do not fit. Any thread.
Matrix<float> directions_from(std::span<const double> origin, MatrixView<const float> rows);

}  // namespace pomona
