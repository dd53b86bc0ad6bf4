// SPDX-License-Identifier: Apache-2.0
#include "pomona/learn/affine.h"

#include <gmock/gmock.h>

#include <algorithm>

#include "pomona/base/error.h"
#include "pomona/base/random.h"

namespace pomona {
namespace {

using testing::HasSubstr;

template <class T>
Matrix<T> whole_numbers(std::size_t rows, std::size_t cols, std::uint64_t seed) {
  Random random(seed);
  Matrix<T> matrix(rows, cols);
  for (T& value : std::span(matrix.data(), matrix.size())) {
    value = static_cast<T>(random.below(19)) - 9;
  }
  return matrix;
}

// Whole numbers have one sum, in whatever order. Twelve rows are a block of the product, three rows
// of four outputs a tile.
template <class T>
void expect_plain_sums(std::size_t count) {
  const Matrix<double> weights = whole_numbers<double>(6, 7, 1);
  const std::vector<double> offset = {1, -2, 0.5, 3, 0, -1};
  const Matrix<float> rows = whole_numbers<float>(count, 7, 2);
  Matrix<T> out(count, 6);
  apply_affine("mapping", weights, offset, rows.view(), out.view());
  for (std::size_t i = 0; i < count; ++i) {
    for (std::size_t k = 0; k < 6; ++k) {
      double expected = offset[k];
      for (std::size_t j = 0; j < 7; ++j) {
        expected += static_cast<double>(rows(i, j)) * weights(k, j);
      }
      ASSERT_EQ(static_cast<double>(out(i, k)), expected) << "row " << i << " of " << count;
    }
  }
}

TEST(AffineTest, AddsTheOffsetToTheProduct) {
  for (const std::size_t count : {1U, 2U, 3U, 11U, 12U, 13U, 500U}) {
    expect_plain_sums<float>(count);
    expect_plain_sums<double>(count);
  }
}

TEST(AffineTest, TheBitsOfARowDoNotDependOnTheOthers) {
  constexpr std::size_t kRows = 17;
  constexpr std::size_t kDims = 1281;
  constexpr std::size_t kOutputs = 11;
  Random random(3);
  Matrix<double> weights(kOutputs, kDims);
  for (double& value : std::span(weights.data(), weights.size())) value = random.uniform() - 0.5;
  Matrix<float> rows(kRows, kDims);
  for (float& value : std::span(rows.data(), rows.size())) {
    value = static_cast<float>(random.uniform());
  }
  const std::vector<double> offset(kOutputs, 0.1);
  Matrix<double> together(kRows, kOutputs);
  apply_affine("mapping", weights, offset, rows.view(), together.view());
  for (std::size_t i = 0; i < kRows; ++i) {
    Matrix<double> alone(1, kOutputs);
    apply_affine("mapping", weights, offset, rows.view().rows_from(i, 1), alone.view());
    EXPECT_TRUE(std::ranges::equal(alone.row(0), together.row(i))) << "row " << i;
  }
}

TEST(AffineTest, SumsInDoublePrecision) {
  Matrix<double> weights(1, 3);
  std::ranges::fill(weights.row(0), 1.0);
  Matrix<float> rows(1, 3);
  std::ranges::copy(std::vector<float>{16777216, 1, 1}, rows.data());  // 2^24
  Matrix<float> out(1, 1);
  apply_affine("mapping", weights, std::vector<double>{0}, rows.view(), out.view());
  EXPECT_EQ(out(0, 0), 16777218);
}

TEST(AffineTest, RowsWithoutDimensionsGiveTheOffset) {
  Matrix<double> out(2, 2);
  apply_affine("mapping", Matrix<double>(2, 0), std::vector<double>{3, 4},
               Matrix<float>(2, 0).view(), out.view());
  EXPECT_THAT(out.row(1), testing::ElementsAre(3, 4));
}

std::string refused_map(std::size_t weight_rows, std::size_t weight_cols, std::size_t offset,
                        const Matrix<double>& out) {
  Matrix<double> into = out;
  try {
    apply_affine("mapping three rows", Matrix<double>(weight_rows, weight_cols),
                 std::vector<double>(offset), Matrix<float>(3, 4).view(), into.view());
  } catch (const Error& error) {
    EXPECT_EQ(error.kind(), ErrorKind::kInvalidInput);
    return error.what();
  }
  return "accepted";
}

TEST(AffineTest, NamesTheMapWhoseShapesDoNotFit) {
  EXPECT_EQ(refused_map(2, 4, 2, Matrix<double>(3, 2)), "accepted");
  for (const std::string& message :
       {refused_map(2, 5, 2, Matrix<double>(3, 2)), refused_map(2, 4, 1, Matrix<double>(3, 2)),
        refused_map(2, 4, 2, Matrix<double>(2, 2)), refused_map(2, 4, 2, Matrix<double>(3, 3))}) {
    EXPECT_THAT(message, HasSubstr("mapping three rows: weights of 2 ×"));
    EXPECT_THAT(message, HasSubstr("do not fit rows of 3 × 4"));
  }
}

}  // namespace
}  // namespace pomona
