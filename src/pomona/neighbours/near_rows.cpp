// SPDX-License-Identifier: Apache-2.0
#include "pomona/neighbours/near_rows.h"

#include <algorithm>
#include <cstddef>
#include <vector>

#include "pomona/base/parallel.h"
#include "pomona/learn/linear_algebra.h"

namespace pomona {
namespace {

constexpr std::size_t kNearQueryRows = 512;
constexpr std::size_t kNearReferenceRows = 512;

}  // namespace

void mark_near_rows(MatrixView<const float> references, MatrixView<const float> queries,
                    double distance, std::size_t workers, std::span<std::uint8_t> near) {
  if (queries.rows() == 0 || references.rows() == 0) return;
  const auto least_cosine = static_cast<float>(1 - distance);
  const std::size_t blocks = (queries.rows() + kNearQueryRows - 1) / kNearQueryRows;
  const std::size_t threads = std::clamp<std::size_t>(workers, 1, blocks);
  std::vector<Matrix<float>> cosines(threads, Matrix<float>(kNearQueryRows, kNearReferenceRows));
  parallel_for(blocks, threads, [&](std::size_t block, std::size_t worker) {
    const std::size_t first = block * kNearQueryRows;
    const auto left = queries.rows_from(first, std::min(kNearQueryRows, queries.rows() - first));
    for (std::size_t at = 0; at < references.rows(); at += kNearReferenceRows) {
      const auto right =
          references.rows_from(at, std::min(kNearReferenceRows, references.rows() - at));
      const MatrixView<float> products(cosines[worker].data(), left.rows(), right.rows());
      multiply_by_transposed(left, right, products);
      for (std::size_t i = 0; i < left.rows(); ++i) {
        const auto row = products.row(i);
        if (std::ranges::any_of(row, [&](float cosine) { return cosine >= least_cosine; })) {
          near[first + i] = 1;
        }
      }
    }
  });
}

}  // namespace pomona
