// SPDX-License-Identifier: Apache-2.0
#include "pomona/learn/logistic_objective.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <cmath>

#include "pomona/base/error.h"
#include "pomona/learn/made_up_rows.h"

namespace pomona {
namespace {

// In blocks of few rows: more blocks than lanes.
TrainingRows rows_in_small_blocks(const MadeUpRows& made, std::size_t classes) {
  constexpr std::size_t kBlock = 7;
  TrainingRows rows;
  rows.dims = made.rows.cols();
  rows.class_count = classes;
  rows.rows = made.rows.rows();
  rows.block_rows = kBlock;
  rows.read = [&made](std::size_t block, MatrixView<float> into, std::span<std::int32_t> labels) {
    const MatrixView<const float> from = made.rows.view().rows_from(block * kBlock, labels.size());
    std::copy_n(from.data(), from.size(), into.data());
    std::ranges::copy(std::span(made.labels).subspan(block * kBlock, labels.size()),
                      labels.begin());
  };
  return rows;
}

Matrix<double> parameters_in_turn(std::size_t classes, std::size_t columns) {
  Matrix<double> parameters(classes, columns);
  for (std::size_t i = 0; i < parameters.size(); ++i) {
    parameters.data()[i] = 0.1 * (static_cast<double>(i * i % 7) - 3);
  }
  return parameters;
}

// Two rows at ±ln 3, weights ±½: the odds of each row's own class are 3 to 1.
TEST(LogisticObjectiveTest, IsTheLossThatCanBeWorkedOutByHand) {
  const auto log3 = static_cast<float>(std::log(3.0));
  MadeUpRows made{Matrix<float>(2, 1), {0, 1}};
  made.rows(0, 0) = log3;
  made.rows(1, 0) = -log3;
  const TrainingRows rows = rows_in_small_blocks(made, 2);
  const Matrix<double> prior(2, 2);
  const LogisticObjective objective(rows, prior, /*c=*/2, /*rms=*/1, /*workers=*/1, {});
  Matrix<double> parameters(2, 2);
  parameters(0, 0) = 0.5;
  parameters(1, 0) = -0.5;
  Matrix<double> gradient(2, 2);
  const double value = objective.evaluate(parameters.view(), gradient.view());
  EXPECT_NEAR(value, 2 * 2 * std::log(4.0 / 3) + 0.25, 1e-6);
  // c · Σ (p - 1 of the label) x + weight; the biases' parts of the two rows make up for each
  // other.
  EXPECT_NEAR(gradient(0, 0), -2 * 2 * 0.25 * std::log(3.0) + 0.5, 1e-6);
  EXPECT_NEAR(gradient(1, 0), 2 * 2 * 0.25 * std::log(3.0) - 0.5, 1e-6);
  EXPECT_NEAR(gradient(0, 1), 0, 1e-6);
  const Matrix<float> probabilities = objective.probabilities(parameters.view());
  EXPECT_NEAR(probabilities(0, 0), 0.75, 1e-6);
  EXPECT_NEAR(probabilities(0, 1), 0.25, 1e-6);
  EXPECT_NEAR(probabilities(1, 1), 0.75, 1e-6);
}

// Differences in each parameter, with weights, a prior, a division and more blocks than lanes.
TEST(LogisticObjectiveTest, GradientIsTheSlopeOfTheValue) {
  const MadeUpRows made = made_up_rows(61, 150, 3, 4, 1.0);
  TrainingRows rows = rows_in_small_blocks(made, 4);
  std::vector<float> weights;
  for (std::size_t i = 0; i < 150; ++i) weights.push_back(0.5F + static_cast<float>(i % 3));
  rows.weights = weights;
  const Matrix<double> prior = parameters_in_turn(4, 4);
  const LogisticObjective objective(rows, prior, 0.25, /*rms=*/8, 2, {});
  Matrix<double> parameters(4, 4);
  for (std::size_t i = 0; i < 16; ++i) parameters.data()[i] = 0.05 * static_cast<double>(i % 5);
  Matrix<double> gradient(4, 4);
  Matrix<double> unused(4, 4);
  objective.evaluate(parameters.view(), gradient.view());
  for (std::size_t i = 0; i < 16; ++i) {
    constexpr double kStep = 0.02;  // float32 products: smaller steps are lost in rounding
    const double here = parameters.data()[i];
    parameters.data()[i] = here + kStep;
    const double above = objective.evaluate(parameters.view(), unused.view());
    parameters.data()[i] = here - kStep;
    const double below = objective.evaluate(parameters.view(), unused.view());
    parameters.data()[i] = here;
    EXPECT_NEAR(gradient.data()[i], (above - below) / (2 * kStep), 0.02) << "parameter " << i;
  }
}

// The prior pulls weights, not biases, and counts from itself.
TEST(LogisticObjectiveTest, ThePenaltyIsTheDistanceFromThePrior) {
  const MadeUpRows made = made_up_rows(62, 20, 2, 3, 1.0);
  const TrainingRows rows = rows_in_small_blocks(made, 3);
  const Matrix<double> none(3, 3);
  const Matrix<double> prior = parameters_in_turn(3, 3);
  Matrix<double> gradient(3, 3);
  const double without =
      LogisticObjective(rows, none, 1, 1, 1, {}).evaluate(none.view(), gradient.view());
  const double with =
      LogisticObjective(rows, prior, 1, 1, 1, {}).evaluate(none.view(), gradient.view());
  double squares = 0;
  for (std::size_t k = 0; k < 3; ++k) {
    squares += prior(k, 0) * prior(k, 0) + prior(k, 1) * prior(k, 1);
  }
  EXPECT_NEAR(without, 20 * std::log(3.0), 1e-4);
  EXPECT_NEAR(with - without, 0.5 * squares, 1e-9);
}

TEST(LogisticObjectiveTest, BitsDoNotDependOnTheNumberOfWorkers) {
  const MadeUpRows made = made_up_rows(63, 300, 5, 3, 1.0);
  const TrainingRows rows = rows_in_small_blocks(made, 3);
  const Matrix<double> prior(3, 6);
  const Matrix<double> parameters = parameters_in_turn(3, 6);
  Matrix<double> expected(3, 6);
  const double value =
      LogisticObjective(rows, prior, 1, 2, 1, {}).evaluate(parameters.view(), expected.view());
  for (const std::size_t workers : {0U, 3U, 40U}) {
    Matrix<double> gradient(3, 6);
    EXPECT_EQ(LogisticObjective(rows, prior, 1, 2, workers, {})
                  .evaluate(parameters.view(), gradient.view()),
              value);
    EXPECT_EQ(gradient, expected);
  }
}

TEST(LogisticObjectiveTest, ProbabilitiesAddUpToOneAlsoWhereLogitsAreHuge) {
  MadeUpRows made = made_up_rows(64, 30, 2, 3, 1.0);
  made.rows(4, 0) = 1e6F;
  made.rows(5, 0) = -1e6F;
  const TrainingRows rows = rows_in_small_blocks(made, 3);
  const Matrix<double> prior(3, 3);
  const LogisticObjective objective(rows, prior, 1, 1, 1, {});
  const Matrix<float> probabilities = objective.probabilities(parameters_in_turn(3, 3).view());
  for (std::size_t i = 0; i < 30; ++i) {
    EXPECT_NEAR(probabilities(0, i) + probabilities(1, i) + probabilities(2, i), 1, 1e-6) << i;
  }
}

TEST(LogisticObjectiveTest, StopsWhenAsked) {
  const MadeUpRows made = made_up_rows(65, 20, 2, 2, 1.0);
  const TrainingRows rows = rows_in_small_blocks(made, 2);
  const Matrix<double> prior(2, 3);
  std::stop_source source;
  source.request_stop();
  const LogisticObjective objective(rows, prior, 1, 1, 2, source.get_token());
  Matrix<double> gradient(2, 3);
  try {
    objective.evaluate(prior.view(), gradient.view());
    FAIL() << "did not stop";
  } catch (const Error& error) {
    EXPECT_EQ(error.kind(), ErrorKind::kInterrupted);
  }
}

}  // namespace
}  // namespace pomona
