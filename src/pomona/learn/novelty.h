// SPDX-License-Identifier: Apache-2.0
// How far rows lie from all that was learnt: the Mahalanobis distance to the nearest of several
// centres that share one spread (Lee et al. 2018, "A simple unified framework for detecting
// out-of-distribution samples").
#pragma once

#include <vector>

#include "pomona/base/matrix.h"

namespace pomona {

struct Novelty {
  Matrix<double> whitening;  // dims × dims: makes the spread about every centre round, of length 1
  Matrix<double> centres;    // classes × dims, whitened

  std::size_t dims() const { return whitening.rows(); }
};

// Of each row (rows × dims) to the nearest centre. The bits of a row do not depend on the others.
// Throws invalid_input when shapes do not fit. Any thread.
std::vector<double> novelty_distances(const Novelty& novelty, MatrixView<const float> rows);

}  // namespace pomona
