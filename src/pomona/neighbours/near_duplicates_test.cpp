// SPDX-License-Identifier: Apache-2.0
#include "pomona/neighbours/near_duplicates.h"

#include <gmock/gmock.h>
#include <sys/resource.h>

#include <algorithm>
#include <array>
#include <cmath>
#include <numeric>
#include <set>
#include <utility>

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

TEST(NearDuplicatesTest, WhatIsNearBelongsTogetherAlsoThroughOthers) {
  const Matrix<float> rows = at_angles({0, 90, 25, 180, 12, 99});
  EXPECT_THAT(link_near_duplicates(rows.view(), kOrigin, distance_of(14), 1),
              ElementsAre(0, 1, 0, 3, 0, 1));
  EXPECT_THAT(link_near_duplicates(rows.view(), kOrigin, distance_of(10), 1),
              ElementsAre(0, 1, 2, 3, 4, 1));
}

TEST(NearDuplicatesTest, RowsWithoutLengthAreNotNearToOthers) {
  Matrix<float> rows = at_angles({0, 1, 2});
  rows(1, 0) = rows(1, 1) = 0;
  EXPECT_THAT(link_near_duplicates(rows.view(), kOrigin, 0.5, 1), ElementsAre(0, 1, 0));
  EXPECT_TRUE(link_near_duplicates(Matrix<float>(0, 2).view(), kOrigin, 0.5, 1).empty());
}

TEST(NearDuplicatesTest, DirectionsAreSeenFromTheOrigin) {
  Matrix<float> rows(3, 2);
  rows(0, 0) = 10;
  rows(1, 0) = 12;
  rows(2, 0) = 11;
  rows(2, 1) = 1;
  EXPECT_THAT(link_near_duplicates(rows.view(), kOrigin, 0.01, 1), ElementsAre(0, 0, 0));
  const std::array<double, 2> between = {11, 0};
  EXPECT_THAT(link_near_duplicates(rows.view(), between, 0.01, 1), ElementsAre(0, 1, 2));
  EXPECT_THROW(link_near_duplicates(rows.view(), std::array<double, 1>{0}, 0.01, 1), Error);
}

TEST(NearDuplicatesTest, RefuseADistanceThatNoTwoDirectionsHave) {
  const Matrix<float> rows = at_angles({0, 180});
  EXPECT_THAT(link_near_duplicates(rows.view(), kOrigin, 2, 1), ElementsAre(0, 0));
  for (const double distance : {-1e-9, 2.1, std::nan("")}) {
    EXPECT_THROW(link_near_duplicates(rows.view(), kOrigin, distance, 1), Error);
  }
}

TEST(NearDuplicatesTest, BlocksAndWorkersDoNotMatter) {
  Random random(5);
  std::vector<double> degrees(1300);
  for (double& one : degrees) one = 360 * random.uniform();
  degrees.front() = 0;
  const Matrix<float> rows = at_angles(degrees);
  // So many that the circle closes.
  EXPECT_THAT(link_near_duplicates(rows.view(), kOrigin, distance_of(5), 2), Each(0));
  EXPECT_EQ(link_near_duplicates(rows.view(), kOrigin, distance_of(0.05), 1),
            link_near_duplicates(rows.view(), kOrigin, distance_of(0.05), 3));
}

// Forty clouds of rows, some so wide that only chains of rows hold them together.
Matrix<float> clouds(std::size_t rows, std::size_t dims) {
  Random random(17);
  Matrix<float> made(rows, dims);
  for (std::size_t i = 0; i < rows; ++i) {
    for (std::size_t j = 0; j < dims; ++j) {
      const double centre = i < 40 ? 0 : static_cast<double>(made(i % 40, j));
      made(i, j) = static_cast<float>(centre + (i < 40 ? 2 : 0.8) * (random.uniform() - 0.5));
    }
  }
  return made;
}

double cosine(std::span<const float> a, std::span<const float> b) {
  const auto product = [](std::span<const float> x, std::span<const float> y) {
    return std::inner_product(x.begin(), x.end(), y.begin(), 0.0);
  };
  return product(a, b) / std::sqrt(product(a, a) * product(b, b));
}

// Spreads the smallest number along every near pair until nothing changes.
std::vector<std::int32_t> linked_by_the_book(const Matrix<float>& rows, double distance) {
  std::vector<std::int32_t> first(rows.rows());
  std::iota(first.begin(), first.end(), 0);
  for (bool changed = true; std::exchange(changed, false);) {
    for (std::size_t i = 0; i < rows.rows(); ++i) {
      for (std::size_t j = 0; j < i; ++j) {
        const double beyond = cosine(rows.row(i), rows.row(j)) - (1 - distance);
        // Nearer to the limit, rounding to float32 would decide.
        if (std::abs(beyond) < 1e-6) ADD_FAILURE() << "rows " << i << " and " << j;
        if (beyond < 0 || first[i] == first[j]) continue;
        first[i] = first[j] = std::min(first[i], first[j]);
        changed = true;
      }
    }
  }
  return first;
}

TEST(NearDuplicatesTest, AgreeWithLinkingByTheBook) {
  const Matrix<float> rows = clouds(700, 6);
  const std::array<double, 6> origin = {};
  const std::vector<std::int32_t> expected = linked_by_the_book(rows, 0.0405);
  const std::set<std::int32_t> groups(expected.begin(), expected.end());
  ASSERT_GT(groups.size(), 30U);
  ASSERT_LT(groups.size(), 500U);
  for (const std::size_t workers : {0U, 1U, 3U}) {
    EXPECT_EQ(link_near_duplicates(rows.view(), origin, 0.0405, workers), expected);
  }
}

// Copies in the reverse order: the last of the first source is the first of the second.
TEST(NearDuplicatesTest, RowsOfTwoSourcesAreNearFromBothOrigins) {
  constexpr std::size_t kRows = 700;  // more than one block
  const Matrix<float> one = clouds(kRows, 6);
  Matrix<float> other(kRows, 6);
  std::vector<std::int32_t> expected(2 * kRows);
  for (std::size_t i = 0; i < kRows; ++i) {
    std::ranges::copy(one.row(i), other.row(kRows - 1 - i).begin());
    expected[i] = expected[2 * kRows - 1 - i] = static_cast<std::int32_t>(i);
  }
  const std::array<double, 6> near = {};
  // From here all rows look alike.
  const std::array<double, 6> far = {1000, 1000, 1000, 1000, 1000, 1000};
  const SeenRows from_near{one.view(), near};
  const SeenRows from_far{other.view(), far};
  EXPECT_EQ(link_between_sources(from_near, from_far, 1e-5), expected);
  EXPECT_EQ(link_between_sources({one.view(), far}, {other.view(), near}, 1e-5), expected);
  EXPECT_THAT(link_between_sources({one.view(), far}, {other.view(), far}, 1e-3), Each(0));
  EXPECT_THROW(link_between_sources(from_near, from_far, 3), Error);
}

std::int64_t peak_kibibytes() {
  rusage usage{};
  getrusage(RUSAGE_SELF, &usage);
  return usage.ru_maxrss;
}

// 50 million pairs are near, which took 800 MB and more when they were kept.
TEST(NearDuplicatesTest, MemoryDoesNotGrowWithThePairsThatAreNear) {
  Matrix<float> rows(10000, 2);
  for (std::size_t i = 0; i < rows.rows(); ++i) rows(i, 0) = 1;
  const std::int64_t before = peak_kibibytes();
  EXPECT_THAT(link_near_duplicates(rows.view(), kOrigin, 0.01, 2), Each(0));
  EXPECT_LT(peak_kibibytes() - before, 64 * 1024);
}

}  // namespace
}  // namespace pomona
