// SPDX-License-Identifier: Apache-2.0
// How far rows lie from all that was learnt: the cosine distance to the nearest known row, seen
// from the mean of all. Of the distances tried on fruit of kinds that were left out (Mahalanobis,
// energy, softmax, the same on standardised features or components) it told most of them;
// docs/kinds.md.
#pragma once

#include <vector>

#include "pomona/base/matrix.h"

namespace pomona {

inline constexpr double kFarthestNovelty = 2;

struct Novelty {
  std::vector<double> mean;  // dims
  Matrix<float> references;  // known rows × dims: directions from the mean (directions.h)
};

// 1 - cosine of each row (rows × dims) with the nearest reference, from 0 to 2; 1 where there is
// none. The bits of a row do not depend on the others. Throws invalid_input when shapes do not fit.
// Any thread.
std::vector<double> novelty_distances(const Novelty& novelty, MatrixView<const float> rows);

}  // namespace pomona
