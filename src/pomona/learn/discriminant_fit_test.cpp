// SPDX-License-Identifier: Apache-2.0
#include "pomona/learn/discriminant_fit.h"

#include <gmock/gmock.h>

#include <cmath>

#include "pomona/base/error.h"

namespace pomona {
namespace {

// Rows of two classes that lie apart along the second feature and are strewn along the first, the
// more of the two.
struct TwoClasses {
  Matrix<float> rows{8, 2};
  std::vector<std::int32_t> labels{0, 0, 0, 0, 1, 1, 1, 1};
  std::vector<double> weights{1, 1, 1, 1, 1, 1, 1, 1};

  TwoClasses() {
    for (std::size_t i = 0; i < 8; ++i) {
      rows(i, 0) = 10 + 4 * static_cast<float>(i % 2) + 0.1F * static_cast<float>(i);
      rows(i, 1) = i < 4 ? 5.0F : 8.9F;
    }
  }
};

TEST(Discriminants, AreWhereClassesLieApartThoughRowsSpreadFurtherElsewhere) {
  TwoClasses two;
  const Projection first = fit_discriminants(two.rows.view(), two.labels, two.weights, 1);
  ASSERT_EQ(first.weights.rows(), 1U);
  EXPECT_GT(std::abs(first.weights(0, 1)), 2 * std::abs(first.weights(0, 0)));

  // All of one class: the same rows have no reason to look elsewhere than where they spread.
  two.labels.assign(8, 0);

  const Projection alone = fit_discriminants(two.rows.view(), two.labels, two.weights, 1);
  EXPECT_GT(std::abs(alone.weights(0, 0)), std::abs(alone.weights(0, 1)));
}

TEST(Discriminants, AreSeenFromTheWeightedMean) {
  TwoClasses two;
  two.weights[7] = 13;
  const Projection found = fit_discriminants(two.rows.view(), two.labels, two.weights, 2);
  std::vector<double> sum(2);
  for (std::size_t i = 0; i < 8; ++i) {
    Matrix<float> components(1, 2);
    Matrix<float> row(1, 2);
    row(0, 0) = two.rows(i, 0);
    row(0, 1) = two.rows(i, 1);
    project(found, row.view(), components.view());
    for (std::size_t k = 0; k < 2; ++k) {
      sum[k] += two.weights[i] * static_cast<double>(components(0, k));
    }
  }
  EXPECT_THAT(sum, testing::Each(testing::DoubleNear(0, 1e-4)));
}

TEST(Discriminants, RefuseRowsOfWhichTheyCannotBeMade) {
  const auto refused = [](auto spoil, std::size_t count = 2) {
    TwoClasses two;
    spoil(two);
    try {
      fit_discriminants(two.rows.view(), two.labels, two.weights, count);
    } catch (const Error& error) {
      EXPECT_EQ(error.kind(), ErrorKind::kInvalidInput);
      return std::string(error.what());
    }
    return std::string("accepted");
  };
  using testing::HasSubstr;
  EXPECT_EQ(refused([](TwoClasses&) {}), "accepted");
  EXPECT_THAT(refused([](TwoClasses&) {}, 0), HasSubstr("count of at least 1"));
  EXPECT_THAT(refused([](TwoClasses& two) { two.labels[3] = -1; }), HasSubstr("-1 for row 3"));
  EXPECT_THAT(refused([](TwoClasses& two) { two.weights[2] = 0; }), HasSubstr("0 for row 2"));
  EXPECT_THAT(refused([](TwoClasses& two) { two.weights[2] = std::nan(""); }),
              HasSubstr("nan for row 2"));
  EXPECT_THAT(refused([](TwoClasses& two) { two.rows(5, 1) = HUGE_VALF; }),
              HasSubstr("another in row 5"));
}

TEST(Discriminants, AreFewerOfFewRowsAndFoundWithoutAnySpread) {
  Matrix<float> rows(2, 3);
  rows(0, 0) = 1;
  const std::vector<std::int32_t> labels = {0, 1};
  const std::vector<double> weights = {1, 1};
  const Projection one = fit_discriminants(rows.view(), labels, weights, 60);
  ASSERT_EQ(one.weights.rows(), 1U);
  EXPECT_NEAR(std::abs(one.weights(0, 0)), 1, 1e-12);
  EXPECT_THROW(fit_discriminants(rows.view(), labels, {}, 60), Error);
  EXPECT_THROW(fit_discriminants(Matrix<float>(0, 3).view(), {}, {}, 60), Error);
}

}  // namespace
}  // namespace pomona
