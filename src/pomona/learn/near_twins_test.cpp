// SPDX-License-Identifier: Apache-2.0
#include "pomona/learn/near_twins.h"

#include <gmock/gmock.h>

#include <cmath>

#include "pomona/base/random.h"

namespace pomona {
namespace {

using testing::Each;
using testing::ElementsAre;

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
  EXPECT_THAT(link_near_twins(rows.view(), distance_of(14), 1), ElementsAre(0, 1, 0, 3, 0, 1));
  EXPECT_THAT(link_near_twins(rows.view(), distance_of(10), 1), ElementsAre(0, 1, 2, 3, 4, 1));
}

TEST(NearTwins, RowsWithoutLengthAreNotNearToOthers) {
  Matrix<float> rows = at_angles({0, 1, 2});
  rows(1, 0) = rows(1, 1) = 0;
  EXPECT_THAT(link_near_twins(rows.view(), 0.5, 1), ElementsAre(0, 1, 0));
  EXPECT_TRUE(link_near_twins(Matrix<float>(0, 2).view(), 0.5, 1).empty());
}

TEST(NearTwins, BlocksAndWorkersDoNotMatter) {
  Random random(5);
  std::vector<double> degrees(1300);
  for (double& one : degrees) one = 360 * random.uniform();
  degrees.front() = 0;
  const Matrix<float> rows = at_angles(degrees);
  // So many that the circle closes.
  EXPECT_THAT(link_near_twins(rows.view(), distance_of(5), 2), Each(0));
  EXPECT_EQ(link_near_twins(rows.view(), distance_of(0.05), 1),
            link_near_twins(rows.view(), distance_of(0.05), 3));
}

}  // namespace
}  // namespace pomona
