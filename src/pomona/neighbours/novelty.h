// SPDX-License-Identifier: Apache-2.0
// How far rows lie from all that was learnt: the cosine distance to the nearest known row, along
// the directions that separate known classes. Of the out-of-distribution scores tried on fruit of
// kinds that were left out (Mahalanobis, energy, softmax, the same on features, standardised
// features or components) it detected most of them; docs/kinds.md. Any thread.
#pragma once

#include <vector>

#include "pomona/base/matrix.h"
#include "pomona/learn/pca.h"

namespace pomona {

inline constexpr double kFarthestNovelty = 2;

struct Novelty {
  Projection discriminants;  // discriminant_fit.h
  Matrix<float> references;  // of the known rows: novelty_directions()
};

// Where rows (rows × dims) lie, seen from the mean of the known: rows × discriminants, of length 1
// (directions.h). The bits of a row do not depend on the others. Throws invalid_input when shapes
// do not fit. Any thread.
Matrix<float> novelty_directions(const Projection& discriminants, MatrixView<const float> rows);

// 1 - cosine of each row (rows × dims) with the nearest reference, from 0 to 2; 1 where there is
// none. The bits of a row do not depend on the others. Throws invalid_input when shapes do not fit.
// Any thread.
std::vector<double> novelty_distances(const Novelty& novelty, MatrixView<const float> rows);

}  // namespace pomona
