// SPDX-License-Identifier: Apache-2.0
#include "pomona/neighbours/nearest.h"

#include <gmock/gmock.h>

#include <limits>

#include "pomona/base/error.h"
#include "pomona/learn/golden.h"
#include "pomona/learn/made_up_rows.h"

namespace pomona {
namespace {

using testing::Each;

TEST(NearestTest, AgreesWithBruteForce) {
  const MadeUpRows made = made_up_rows(7, 1700, 20, 3, 1.0);
  const MatrixView<const float> rows = made.rows.view();
  const auto expected = golden_learn("nearest.json")["nearest"].get<std::vector<std::size_t>>();
  for (const std::size_t workers : {1U, 2U, 3U}) {
    EXPECT_EQ(nearest_rows(rows.rows_from(0, 1500), rows.rows_from(1500, 200), workers), expected);
  }
}

TEST(NearestTest, FirstOfEqualsWins) {
  // Pixels of a size at which float32 sums round: copies must not beat each other by rounding.
  Random random(61);
  Matrix<float> references(2100, 768);
  for (float& value : references.row(0)) value = static_cast<float>(random.below(256));
  for (std::size_t i = 1; i < 2100; ++i) {
    std::ranges::copy(references.row(0), references.row(i).begin());
  }
  Matrix<float> queries(130, 768);
  for (float& value : std::span(queries.data(), queries.size())) {
    value = static_cast<float>(random.below(256));
  }
  EXPECT_THAT(nearest_rows(references.view(), queries.view(), 1), Each(0U));
}

TEST(NearestTest, TellsApartWhatFloatProductsCannot) {
  Matrix<float> references(3, 2);
  for (std::size_t i = 0; i < 3; ++i) references(i, 0) = 4096.0F + static_cast<float>(2 - i) / 128;
  Matrix<float> query(1, 2);
  query(0, 0) = 4096;
  EXPECT_THAT(nearest_rows(references.view(), query.view(), 1), Each(2U));
}

TEST(NearestTest, SaysWhatDoesNotFit) {
  Matrix<float> rows(2, 3);
  EXPECT_TRUE(nearest_rows(rows.view(), Matrix<float>(0, 3).view(), 1).empty());
  EXPECT_THROW(nearest_rows(Matrix<float>(0, 3).view(), rows.view(), 1), Error);
  EXPECT_THROW(nearest_rows(rows.view(), Matrix<float>(1, 2).view(), 1), Error);
  rows(1, 1) = std::numeric_limits<float>::quiet_NaN();
  EXPECT_THROW(nearest_rows(rows.view(), Matrix<float>(1, 3).view(), 1), Error);
  EXPECT_THROW(nearest_rows(Matrix<float>(1, 3).view(), rows.view(), 1), Error);
}

}  // namespace
}  // namespace pomona
