// SPDX-License-Identifier: Apache-2.0
// One nearest neighbour (1-NN) by Euclidean distance, for the pixel baseline: the accuracy that
// pixels alone reach. Any thread.
#pragma once

#include <cstddef>
#include <cstdint>
#include <vector>

#include "pomona/base/matrix.h"

namespace pomona {

// For each query row the index of the nearest reference row (the first of equals). Exact: distances
// that rounding could confuse are compared in float64. Throws invalid_input when there are queries
// but no references, when dimensions differ, or on a value that is not finite.
std::vector<std::size_t> nearest_rows(MatrixView<const float> references,
                                      MatrixView<const float> queries, std::size_t workers);

}  // namespace pomona
