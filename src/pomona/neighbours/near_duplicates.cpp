// SPDX-License-Identifier: Apache-2.0
#include "pomona/neighbours/near_duplicates.h"

#include <algorithm>
#include <utility>

#include "pomona/base/error.h"
#include "pomona/base/number_text.h"
#include "pomona/base/parallel.h"
#include "pomona/learn/linear_algebra.h"
#include "pomona/neighbours/directions.h"
#include "pomona/neighbours/linked_rows.h"

namespace pomona {
namespace {

constexpr std::size_t kRowsOfOneProduct = 512;

using BlockPair = std::pair<std::size_t, std::size_t>;  // the first rows of two blocks

// One worker's. What is linked here depends on which blocks a worker gets, all of it joined does
// not.
class PairSearch {
 public:
  PairSearch(MatrixView<const float> directions, float least_cosine)
      : directions_(directions),
        least_cosine_(least_cosine),
        cosines_(kRowsOfOneProduct, kRowsOfOneProduct),
        linked_(directions.rows()) {}

  // Links as it goes: of rows that are much alike there are too many pairs to keep.
  void link_between(BlockPair blocks) {
    const MatrixView<const float> left = block_from(blocks.first);
    const MatrixView<const float> right = block_from(blocks.second);
    const MatrixView<float> cosines(cosines_.data(), left.rows(), right.rows());
    multiply_by_transposed(left, right, cosines);
    for (std::size_t i = 0; i < left.rows(); ++i) {
      for (std::size_t j = blocks.first == blocks.second ? i + 1 : 0; j < right.rows(); ++j) {
        if (cosines(i, j) >= least_cosine_) linked_.link(blocks.first + i, blocks.second + j);
      }
    }
  }
  LinkedRows& linked() { return linked_; }

 private:
  MatrixView<const float> block_from(std::size_t first) const {
    return directions_.rows_from(first, std::min(kRowsOfOneProduct, directions_.rows() - first));
  }

  MatrixView<const float> directions_;
  float least_cosine_;
  Matrix<float> cosines_;
  LinkedRows linked_;
};

void check_distance(double distance) {
  if (distance >= 0 && distance <= 2) return;
  throw Error(
      ErrorKind::kInvalidInput,
      "linking near-duplicates: expected a distance from 0 to 2, found " + shown_number(distance));
}

// The rows of two sources, as directions from one origin.
struct DirectionsFrom {
  DirectionsFrom(std::span<const double> origin, const SeenRows& left, const SeenRows& right)
      : one(directions_from(origin, left.rows)), other(directions_from(origin, right.rows)) {}

  // Of the rows from `first` on, in `products`.
  MatrixView<float> cosines(BlockPair first, Matrix<float>& products) const {
    const MatrixView<const float> left = block_of(one, first.first);
    const MatrixView<const float> right = block_of(other, first.second);
    const MatrixView<float> cosines(products.data(), left.rows(), right.rows());
    multiply_by_transposed(left, right, cosines);
    return cosines;
  }

  Matrix<float> one;
  Matrix<float> other;

 private:
  static MatrixView<const float> block_of(const Matrix<float>& rows, std::size_t first) {
    return rows.view().rows_from(first, std::min(kRowsOfOneProduct, rows.rows() - first));
  }
};

}  // namespace

std::vector<std::int32_t> link_near_duplicates(MatrixView<const float> rows,
                                               std::span<const double> origin, double distance,
                                               std::size_t workers) {
  check_distance(distance);
  const Matrix<float> directions = directions_from(origin, rows);
  const auto least_cosine = static_cast<float>(1 - distance);
  std::vector<BlockPair> blocks;
  for (std::size_t first = 0; first < rows.rows(); first += kRowsOfOneProduct) {
    for (std::size_t second = first; second < rows.rows(); second += kRowsOfOneProduct) {
      blocks.emplace_back(first, second);
    }
  }
  std::vector<std::int32_t> result(rows.rows());
  if (blocks.empty()) return result;
  std::vector<PairSearch> searches(std::clamp<std::size_t>(workers, 1, blocks.size()),
                                   PairSearch(directions.view(), least_cosine));
  parallel_for(blocks.size(), searches.size(), [&](std::size_t i, std::size_t worker) {
    searches[worker].link_between(blocks[i]);
  });
  LinkedRows& linked = searches.front().linked();
  for (PairSearch& search : searches) {
    for (std::size_t i = 0; i < result.size(); ++i) {
      linked.link(i, static_cast<std::size_t>(search.linked().first_of(i)));
    }
  }
  for (std::size_t i = 0; i < result.size(); ++i) result[i] = linked.first_of(i);
  return result;
}

std::vector<std::int32_t> link_between_sources(const SeenRows& one, const SeenRows& other,
                                               double distance) {
  check_distance(distance);
  const DirectionsFrom from_first(one.origin, one, other);
  const DirectionsFrom from_second(other.origin, one, other);
  const auto least_cosine = static_cast<float>(1 - distance);
  LinkedRows linked(one.rows.rows() + other.rows.rows());
  Matrix<float> first_products(kRowsOfOneProduct, kRowsOfOneProduct);
  Matrix<float> second_products(kRowsOfOneProduct, kRowsOfOneProduct);
  for (std::size_t first = 0; first < one.rows.rows(); first += kRowsOfOneProduct) {
    for (std::size_t second = 0; second < other.rows.rows(); second += kRowsOfOneProduct) {
      const MatrixView<float> from_one = from_first.cosines({first, second}, first_products);
      const MatrixView<float> from_other = from_second.cosines({first, second}, second_products);
      for (std::size_t i = 0; i < from_one.rows(); ++i) {
        for (std::size_t j = 0; j < from_one.cols(); ++j) {
          if (std::min(from_one(i, j), from_other(i, j)) < least_cosine) continue;
          linked.link(first + i, one.rows.rows() + second + j);
        }
      }
    }
  }
  std::vector<std::int32_t> result(one.rows.rows() + other.rows.rows());
  for (std::size_t i = 0; i < result.size(); ++i) result[i] = linked.first_of(i);
  return result;
}

}  // namespace pomona
