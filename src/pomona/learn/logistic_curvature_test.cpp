// SPDX-License-Identifier: Apache-2.0
#include "pomona/learn/logistic_curvature.h"

#include <gmock/gmock.h>

#include <algorithm>
#include <vector>

namespace pomona {
namespace {

using testing::DoubleEq;
using testing::ElementsAre;

Matrix<double> two_by_two(const std::vector<double>& values) {
  Matrix<double> matrix(2, 2);
  std::ranges::copy(values, matrix.data());
  return matrix;
}

// UᵀU of U = (2 1; 0 3), and of a U that doubles.
LogisticCurvature blocks_by_hand(std::size_t workers) {
  Matrix<double> first = two_by_two({4, 2, 2, 10});
  Matrix<double> second = two_by_two({4, 0, 0, 4});
  std::vector<CholeskyFactor> factors;
  factors.emplace_back(first.view());
  factors.emplace_back(second.view());
  return {std::move(factors), workers};
}

TEST(LogisticCurvatureTest, ColumnsHaveAScaleForAllClasses) {
  LogisticCurvature curvature(std::vector<double>{0.5, 4}, 1);
  curvature.set_step(2);
  Matrix<double> values = two_by_two({1, 2, 3, -4});
  curvature.to_parameters(values.view());
  EXPECT_EQ(values, two_by_two({1, 16, 3, -32}));
  curvature.to_free(values.view());
  EXPECT_EQ(values, two_by_two({1, 2, 3, -4}));
  curvature.gradient_to_free(values.view());
  EXPECT_EQ(values, two_by_two({1, 16, 3, -32})) << "a diagonal is its own transpose";
}

TEST(LogisticCurvatureTest, ClassesHaveATriangleEach) {
  for (const std::size_t workers : {1U, 2U}) {
    LogisticCurvature curvature = blocks_by_hand(workers);
    curvature.set_step(0.5);
    Matrix<double> values = two_by_two({4, 6, 8, 10});
    curvature.to_parameters(values.view());  // step · U⁻¹ · free
    EXPECT_THAT(values.row(0), ElementsAre(DoubleEq(0.5), DoubleEq(1)));
    EXPECT_THAT(values.row(1), ElementsAre(DoubleEq(2), DoubleEq(2.5)));
    curvature.to_free(values.view());
    EXPECT_THAT(values.row(0), ElementsAre(DoubleEq(4), DoubleEq(6)));
    Matrix<double> gradient = two_by_two({2, 7, 8, 10});
    curvature.gradient_to_free(gradient.view());  // step · U⁻ᵀ · gradient
    EXPECT_THAT(gradient.row(0), ElementsAre(DoubleEq(0.5), DoubleEq(1)));
    EXPECT_THAT(gradient.row(1), ElementsAre(DoubleEq(2), DoubleEq(2.5)));
  }
}

// Of ½ xᵀ(UᵀU)x the gradient is UᵀU x, and the distance from the minimum the value itself.
TEST(LogisticCurvatureTest, EstimatesTheGapOfARoundObjectiveExactly) {
  LogisticCurvature curvature = blocks_by_hand(1);
  const Matrix<double> gradient = two_by_two({6, 12, 4, 0});  // at x = (1, 1) and (1, 0)
  for (const double step : {1.0, 0.125}) {
    curvature.set_step(step);
    Matrix<double> free = gradient;
    curvature.gradient_to_free(free.view());
    EXPECT_DOUBLE_EQ(curvature.estimated_gap({free.data(), free.size()}), 9 + 2) << step;
  }
}

}  // namespace
}  // namespace pomona
