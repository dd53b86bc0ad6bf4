// SPDX-License-Identifier: Apache-2.0
#include "pomona/learn/near_twins.h"

#include <algorithm>
#include <numeric>
#include <utility>

#include "pomona/base/parallel.h"
#include "pomona/learn/directions.h"
#include "pomona/learn/linear_algebra.h"

namespace pomona {
namespace {

constexpr std::size_t kBlockRows = 512;

// Sets of rows, each known by its first.
class LinkedRows {
 public:
  explicit LinkedRows(std::size_t rows) : above_(rows) {
    std::iota(above_.begin(), above_.end(), 0);
  }

  std::int32_t first_of(std::size_t row) {
    auto at = static_cast<std::int32_t>(row);
    while (above(at) != at) at = above(at) = above(above(at));
    return at;
  }
  void link(std::size_t a, std::size_t b) {
    const std::int32_t one = first_of(a);
    const std::int32_t other = first_of(b);
    above(std::max(one, other)) = std::min(one, other);
  }

 private:
  std::int32_t& above(std::int32_t row) { return above_[static_cast<std::size_t>(row)]; }

  std::vector<std::int32_t> above_;
};

using Pair = std::pair<std::size_t, std::size_t>;

std::vector<Pair> near_pairs(MatrixView<const float> rows, std::size_t first, std::size_t second,
                             float least_cosine) {
  const auto block = [&](std::size_t at) {
    return rows.rows_from(at, std::min(kBlockRows, rows.rows() - at));
  };
  const MatrixView<const float> left = block(first);
  const MatrixView<const float> right = block(second);
  Matrix<float> cosines(left.rows(), right.rows());
  multiply_by_transposed(left, right, cosines.view());
  std::vector<Pair> pairs;
  for (std::size_t i = 0; i < left.rows(); ++i) {
    for (std::size_t j = first == second ? i + 1 : 0; j < right.rows(); ++j) {
      if (cosines(i, j) >= least_cosine) pairs.emplace_back(first + i, second + j);
    }
  }
  return pairs;
}

}  // namespace

std::vector<std::int32_t> link_near_twins(MatrixView<const float> rows,
                                          std::span<const double> origin, double distance,
                                          std::size_t workers) {
  const Matrix<float> directions = directions_from(origin, rows);
  const auto least_cosine = static_cast<float>(1 - distance);
  std::vector<Pair> blocks;
  for (std::size_t first = 0; first < rows.rows(); first += kBlockRows) {
    for (std::size_t second = first; second < rows.rows(); second += kBlockRows) {
      blocks.emplace_back(first, second);
    }
  }
  std::vector<std::vector<Pair>> pairs(blocks.size());
  parallel_for(blocks.size(), workers, [&](std::size_t i, std::size_t /*worker*/) {
    pairs[i] = near_pairs(directions.view(), blocks[i].first, blocks[i].second, least_cosine);
  });
  LinkedRows linked(rows.rows());
  for (const std::vector<Pair>& of_blocks : pairs) {
    for (const auto& [a, b] : of_blocks) linked.link(a, b);
  }
  std::vector<std::int32_t> result(rows.rows());
  for (std::size_t i = 0; i < result.size(); ++i) result[i] = linked.first_of(i);
  return result;
}

}  // namespace pomona
