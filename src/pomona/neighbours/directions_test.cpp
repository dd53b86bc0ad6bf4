// SPDX-License-Identifier: Apache-2.0
#include "pomona/neighbours/directions.h"

#include <gmock/gmock.h>

#include <array>
#include <limits>

#include "pomona/base/error.h"

namespace pomona {
namespace {

using testing::ElementsAre;
using testing::FloatEq;

TEST(DirectionsTest, AreOfLengthOneSeenFromTheOrigin) {
  Matrix<float> rows(2, 2);
  std::ranges::copy(std::array{13.0F, -2.0F, 10.0F, 12.0F}, rows.data());
  const Matrix<float> directions = directions_from(std::array{10.0, 2.0}, rows.view());
  EXPECT_THAT(directions.row(0), ElementsAre(FloatEq(0.6F), FloatEq(-0.8F)));
  EXPECT_THAT(directions.row(1), ElementsAre(0, 1));
}

TEST(DirectionsTest, ARowOnTheOriginHasNone) {
  Matrix<float> rows(1, 2);
  std::ranges::fill(rows.row(0), 1.5F);
  EXPECT_THAT(directions_from(std::array{1.5, 1.5}, rows.view()).row(0), ElementsAre(0, 0));
}

TEST(DirectionsTest, HoldForTheLargestAndTheSmallestNumbers) {
  Matrix<float> rows(2, 2);
  rows(0, 0) = rows(0, 1) = std::numeric_limits<float>::max();
  rows(1, 0) = std::numeric_limits<float>::denorm_min();
  const Matrix<float> directions = directions_from(std::array{0.0, 0.0}, rows.view());
  EXPECT_THAT(directions.row(0), ElementsAre(FloatEq(0.70710678F), FloatEq(0.70710678F)));
  EXPECT_THAT(directions.row(1), ElementsAre(1, 0));
}

TEST(DirectionsTest, RefuseAnOriginOfOtherDimensions) {
  try {
    directions_from(std::array{0.0}, Matrix<float>(1, 2).view());
    FAIL();
  } catch (const Error& error) {
    EXPECT_EQ(error.kind(), ErrorKind::kInvalidInput);
    EXPECT_STREQ(error.what(), "taking directions: expected rows of 1 dimensions, found 2");
  }
  EXPECT_EQ(directions_from(std::array{0.0}, Matrix<float>(0, 1).view()).rows(), 0U);
}

}  // namespace
}  // namespace pomona
