// SPDX-License-Identifier: Apache-2.0
// Rows that hold the features of several views of a photograph, one after the other, as the one row
// that a photograph is judged by: their mean.
#pragma once

#include <cstddef>

#include "pomona/base/matrix.h"

namespace pomona {

class ViewMean {
 public:
  explicit ViewMean(std::size_t views) : views_(views) {}

  // rows × (views × dims) → rows × dims. Throws corrupt for rows of another width. The result is
  // good until the next call; of one view it is the rows themselves.
  MatrixView<const float> of(MatrixView<const float> rows);

 private:
  std::size_t views_;
  Matrix<float> means_;
};

}  // namespace pomona
