// SPDX-License-Identifier: Apache-2.0
// Rows that hold the features of several crops of a photograph, one after the other, as the one row
// that a photograph is judged by: their mean. One per thread.
#pragma once

#include <cstddef>

#include "pomona/base/matrix.h"

namespace pomona {

class CropMean {
 public:
  explicit CropMean(std::size_t crops) : crops_(crops) {}

  // rows × (crops × dims) → rows × dims. Throws corrupt for rows of another width. The result is
  // good until the next call; of one crop it is the rows themselves.
  MatrixView<const float> of(MatrixView<const float> rows);

 private:
  std::size_t crops_;
  Matrix<float> means_;
};

}  // namespace pomona
