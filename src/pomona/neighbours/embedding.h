// SPDX-License-Identifier: Apache-2.0
// A picture of many dimensions in two: exact t-SNE (van der Maaten and Hinton 2008) for a few
// thousand rows, started from the first two dimensions so that it is deterministic. Any thread.
#pragma once

#include <cstddef>
#include <stop_token>

#include "pomona/base/matrix.h"

namespace pomona {

inline constexpr int kMostEmbeddingIterations = 100000;
inline constexpr std::size_t kMostEmbeddedRows = 20000;  // 1.6 GB

struct EmbeddingOptions {
  double perplexity = 30;     // at least 1, finite
  int iterations = 500;       // from 1 to kMostEmbeddingIterations
  std::size_t workers = 1;    // 0: 1
  std::stop_token stop = {};  // heard between two iterations

  // Throws invalid_input and names the field for a value out of these ranges.
  void check() const;
};

// rows × dims → rows × 2, centred, within [-1, 1]; the same for any number of workers. Memory and
// time grow with rows²: 2,000 rows of 50 dims take 32 MB and about two seconds of one core.
// perplexity is lowered to (rows - 1) / 3 where there are few rows; rows that are all the same stay
// in one place. Throws invalid_input where options.check() does, for more than kMostEmbeddedRows
// rows, and for a value that is not finite; interrupted.
Matrix<float> embed_in_plane(MatrixView<const float> rows, const EmbeddingOptions& options);

}  // namespace pomona
