// SPDX-License-Identifier: Apache-2.0
#include "pomona/learn/near_twins.h"

#include <gmock/gmock.h>

#include <array>
#include <cmath>

#include "pomona/base/error.h"
#include "pomona/base/random.h"

namespace pomona {
namespace {

using testing::Each;
using testing::ElementsAre;

constexpr std::array<double, 2> kOrigin = {0, 0};

// Rows in a plane, by their angles in degrees.
Matrix<float> at_angles(const std::vector<double>& degrees) {
  Matrix<float> rows(degrees.size(), 2);
  for (std::size_t i = 0; i < degrees.size(); ++i) {
    const double radians = degrees[i] * 3.14159265358979 / 180;
    const double length = 1 + static_cast<double>(i);  // which must not matter
    rows(i, 0) = static_cast<float>(length * std::cos(radians));
    rows(i, 1) = static_cast<float>(length * std::sin(radians));
  }
  return rows;
}

double distance_of(double degrees) { return 1 - std::cos(degrees * 3.14159265358979 / 180); }

TEST(NearTwins, WhatIsNearBelongsTogetherAlsoThroughOthers) {
  const Matrix<float> rows = at_angles({0, 90, 25, 180, 12, 99});
  EXPECT_THAT(link_near_twins(rows.view(), kOrigin, distance_of(14), 1),
              ElementsAre(0, 1, 0, 3, 0, 1));
  EXPECT_THAT(link_near_twins(rows.view(), kOrigin, distance_of(10), 1),
              ElementsAre(0, 1, 2, 3, 4, 1));
}

TEST(NearTwins, RowsWithoutLengthAreNotNearToOthers) {
  Matrix<float> rows = at_angles({0, 1, 2});
  rows(1, 0) = rows(1, 1) = 0;
  EXPECT_THAT(link_near_twins(rows.view(), kOrigin, 0.5, 1), ElementsAre(0, 1, 0));
  EXPECT_TRUE(link_near_twins(Matrix<float>(0, 2).view(), kOrigin, 0.5, 1).empty());
}

TEST(NearTwins, DirectionsAreSeenFromTheOrigin) {
  Matrix<float> rows(3, 2);
  rows(0, 0) = 10;
  rows(1, 0) = 12;
  rows(2, 0) = 11;
  rows(2, 1) = 1;
  EXPECT_THAT(link_near_twins(rows.view(), kOrigin, 0.01, 1), ElementsAre(0, 0, 0));
  const std::array<double, 2> between = {11, 0};
  EXPECT_THAT(link_near_twins(rows.view(), between, 0.01, 1), ElementsAre(0, 1, 2));
  EXPECT_THROW(link_near_twins(rows.view(), std::array<double, 1>{0}, 0.01, 1), Error);
}

TEST(NearTwins, BlocksAndWorkersDoNotMatter) {
  Random random(5);
  std::vector<double> degrees(1300);
  for (double& one : degrees) one = 360 * random.uniform();
  degrees.front() = 0;
  const Matrix<float> rows = at_angles(degrees);
  // So many that the circle closes.
  EXPECT_THAT(link_near_twins(rows.view(), kOrigin, distance_of(5), 2), Each(0));
  EXPECT_EQ(link_near_twins(rows.view(), kOrigin, distance_of(0.05), 1),
            link_near_twins(rows.view(), kOrigin, distance_of(0.05), 3));
}

}  // namespace
}  // namespace pomona
