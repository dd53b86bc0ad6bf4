// SPDX-License-Identifier: Apache-2.0
// A picture of many dimensions in two: exact t-SNE (van der Maaten and Hinton 2008) for a few
// thousand rows, started from the first two dimensions so that it is deterministic.
#pragma once

#include <cstddef>

#include "pomona/base/matrix.h"

namespace pomona {

struct EmbeddingOptions {
  double perplexity = 30;
  int iterations = 500;
  std::size_t workers = 1;
};

// rows × dims → rows × 2, centred, within [-1, 1]. Cost grows with rows².
Matrix<float> embed_in_plane(MatrixView<const float> rows, const EmbeddingOptions& options);

}  // namespace pomona
