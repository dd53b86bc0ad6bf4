// SPDX-License-Identifier: Apache-2.0
#include "pomona/neighbours/near_rows.h"

#include <gmock/gmock.h>

#include <vector>

#include "pomona/base/random.h"
#include "pomona/neighbours/directions.h"

namespace pomona {
namespace {

TEST(NearRows, AreThoseWithinTheDistance) {
  const std::vector<double> origin = {0, 0};
  Matrix<float> references(2, 2);
  references(0, 0) = 1;
  references(1, 1) = 5;
  Matrix<float> queries(3, 2);
  queries(0, 0) = 3;  // the direction of the first
  queries(1, 0) = 1;
  queries(1, 1) = 1;  // 45 degrees from both: a distance of 0.293
  queries(2, 0) = -1;
  const Matrix<float> from = directions_from(origin, references.view());
  const Matrix<float> of = directions_from(origin, queries.view());
  std::vector<std::uint8_t> near(3);
  mark_near_rows(from.view(), of.view(), 0.29, 2, near);
  EXPECT_THAT(near, testing::ElementsAre(1, 0, 0));
  mark_near_rows(from.view(), of.view(), 0.3, 2, near);
  EXPECT_THAT(near, testing::ElementsAre(1, 1, 0));
}

TEST(NearRows, AreTheSameInBlocksAndForAnyNumberOfWorkers) {
  constexpr std::size_t kDims = 8;
  const std::vector<double> origin(kDims);
  Random random(1);
  const auto made = [&](std::size_t rows) {
    Matrix<float> values(rows, kDims);
    for (std::size_t i = 0; i < values.size(); ++i) {
      values.data()[i] = static_cast<float>(random.below(2001)) - 1000;
    }
    return directions_from(origin, values.view());
  };
  const Matrix<float> references = made(700);
  const Matrix<float> queries = made(1100);
  std::vector<std::uint8_t> expected(queries.rows());
  for (std::size_t i = 0; i < queries.rows(); ++i) {
    for (std::size_t j = 0; j < references.rows(); ++j) {
      double cosine = 0;
      for (std::size_t k = 0; k < kDims; ++k) cosine += queries(i, k) * references(j, k);
      if (cosine >= 0.9) expected[i] = 1;
    }
  }
  for (const std::size_t workers : {1U, 2U, 5U}) {
    std::vector<std::uint8_t> near(queries.rows());
    mark_near_rows(references.view().rows_from(0, 300), queries.view(), 0.1, workers, near);
    mark_near_rows(references.view().rows_from(300, 400), queries.view(), 0.1, workers, near);
    EXPECT_EQ(near, expected);
  }
  EXPECT_THAT(expected, testing::Contains(0));
  EXPECT_THAT(expected, testing::Contains(1));
}

}  // namespace
}  // namespace pomona
