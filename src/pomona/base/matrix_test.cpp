// SPDX-License-Identifier: Apache-2.0
#include "pomona/base/matrix.h"

#include <gmock/gmock.h>

namespace pomona {
namespace {

using testing::Each;
using testing::ElementsAre;

TEST(MatrixTest, StartsAtZeroAndKeepsRowsTogether) {
  Matrix<int> matrix(2, 3);
  EXPECT_THAT(matrix.row(0), Each(0));
  matrix(0, 2) = 5;
  matrix(1, 0) = 7;
  EXPECT_EQ(matrix.data()[2], 5);
  EXPECT_EQ(matrix.data()[3], 7);
  EXPECT_THAT(matrix.row(1), ElementsAre(7, 0, 0));
}

TEST(MatrixTest, AViewSeesAndChangesTheElements) {
  Matrix<int> matrix(4, 2);
  const MatrixView<int> middle = matrix.view().rows_from(1, 2);
  EXPECT_EQ(middle.rows(), 2U);
  EXPECT_EQ(middle.size(), 4U);
  middle(1, 1) = 9;
  EXPECT_EQ(matrix(2, 1), 9);
  const MatrixView<const int> constant = middle;
  EXPECT_EQ(constant(1, 1), 9);
}

TEST(MatrixTest, EqualMeansShapeAndElements) {
  EXPECT_EQ(Matrix<int>(2, 3), Matrix<int>(2, 3));
  EXPECT_NE(Matrix<int>(2, 3), Matrix<int>(3, 2));
  Matrix<int> other(2, 3);
  other(1, 1) = 1;
  EXPECT_NE(other, Matrix<int>(2, 3));
}

TEST(MatrixTest, WithoutRowsOrColumnsIsEmpty) {
  EXPECT_TRUE(Matrix<int>().empty());
  EXPECT_TRUE(Matrix<int>(0, 5).view().empty());
  EXPECT_EQ(Matrix<int>(0, 5).cols(), 5U);
  EXPECT_EQ(Matrix<int>(3, 0).view().rows_from(3, 0).rows(), 0U);
}

}  // namespace
}  // namespace pomona
