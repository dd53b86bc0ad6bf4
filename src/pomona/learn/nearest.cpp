// SPDX-License-Identifier: Apache-2.0
// ‖q - r‖² = ‖q‖² - 2 q·r + ‖r‖²; the first term is the same for all references of a query, so one
// product of blocks and the references' norms decide.
#include "pomona/learn/nearest.h"

#include <algorithm>
#include <limits>

#include "pomona/base/parallel.h"
#include "pomona/learn/linear_algebra.h"

namespace pomona {
namespace {

constexpr std::size_t kQueryRows = 128;
constexpr std::size_t kReferenceRows = 1024;

std::vector<float> squared_norms(MatrixView<const float> rows) {
  std::vector<float> norms(rows.rows());
  for (std::size_t i = 0; i < norms.size(); ++i) {
    double sum = 0;
    for (const float value : rows.row(i)) sum += static_cast<double>(value) * value;
    norms[i] = static_cast<float>(sum);
  }
  return norms;
}

void search(MatrixView<const float> references, std::span<const float> norms,
            MatrixView<const float> queries, std::span<std::size_t> nearest) {
  std::vector<float> best(queries.rows(), std::numeric_limits<float>::infinity());
  for (std::size_t first = 0; first < references.rows(); first += kReferenceRows) {
    const std::size_t count = std::min(kReferenceRows, references.rows() - first);
    Matrix<float> products(queries.rows(), count);
    multiply_by_transposed(queries, references.rows_from(first, count), products.view());
    for (std::size_t i = 0; i < queries.rows(); ++i) {
      for (std::size_t j = 0; j < count; ++j) {
        const float distance = norms[first + j] - 2 * products(i, j);
        if (distance < best[i]) {
          best[i] = distance;
          nearest[i] = first + j;
        }
      }
    }
  }
}

}  // namespace

std::vector<std::size_t> nearest_rows(MatrixView<const float> references,
                                      MatrixView<const float> queries, std::size_t workers) {
  std::vector<std::size_t> nearest(queries.rows());
  if (references.rows() == 0) return nearest;
  const std::vector<float> norms = squared_norms(references);
  const std::size_t blocks = (queries.rows() + kQueryRows - 1) / kQueryRows;
  parallel_for(blocks, workers, [&](std::size_t block, std::size_t) {
    const std::size_t first = block * kQueryRows;
    const std::size_t count = std::min(kQueryRows, queries.rows() - first);
    search(references, norms, queries.rows_from(first, count),
           std::span(nearest).subspan(first, count));
  });
  return nearest;
}

}  // namespace pomona
