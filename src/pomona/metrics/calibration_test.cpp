// SPDX-License-Identifier: Apache-2.0
#include "pomona/metrics/calibration.h"

#include <gtest/gtest.h>

#include <cmath>
#include <limits>

#include "pomona/base/error.h"
#include "pomona/learn/golden.h"
#include "pomona/learn/made_up_rows.h"

namespace pomona {
namespace {

Matrix<double> golden_logits(const Json& golden) {
  Matrix<double> logits(golden["logits"].size(), golden["logits"][0].size());
  for (std::size_t i = 0; i < logits.rows(); ++i) {
    std::ranges::copy(golden["logits"][i].get<std::vector<double>>(), logits.row(i).begin());
  }
  return logits;
}

TEST(CalibrationTest, TemperatureAgreesWithScipy) {
  const Json golden = golden_learn("answers.json");
  Matrix<double> logits = golden_logits(golden);
  auto labels = golden["labels"].get<std::vector<std::int32_t>>();
  const double expected = golden["temperature"].get<double>();
  EXPECT_GT(expected, 1.5) << "the logits are too sure of themselves";
  EXPECT_NEAR(fit_temperature(logits.view(), labels), expected, 1e-3 * expected);
}

TEST(CalibrationTest, TemperatureIgnoresRowsWithoutALabel) {
  const Json golden = golden_learn("answers.json");
  const Matrix<double> logits = golden_logits(golden);
  auto labels = golden["labels"].get<std::vector<std::int32_t>>();
  const double of_first =
      fit_temperature(logits.view().rows_from(0, 100), std::span(labels).first(100));
  std::fill(labels.begin() + 100, labels.end(), -1);
  EXPECT_EQ(fit_temperature(logits.view(), labels), of_first);
  EXPECT_EQ(fit_temperature(logits.view().rows_from(0, 1), std::vector<std::int32_t>{-1}), 1);
  EXPECT_EQ(fit_temperature(MatrixView<const double>(nullptr, 0, 3), {}), 1);
}

TEST(CalibrationTest, AWeightOfTwoCountsLikeTwoRows) {
  const Json golden = golden_learn("answers.json");
  const Matrix<double> logits = golden_logits(golden);
  const auto labels = golden["labels"].get<std::vector<std::int32_t>>();
  Matrix<double> twice(logits.rows() + 50, logits.cols());
  std::copy_n(logits.data(), logits.size(), twice.data());
  std::copy_n(logits.data(), 50 * logits.cols(), twice.row(logits.rows()).data());
  auto labels_twice = labels;
  labels_twice.insert(labels_twice.end(), labels.begin(), labels.begin() + 50);
  std::vector<float> weights(labels.size(), 1);
  std::fill_n(weights.begin(), 50, 2.0F);
  const double expected = fit_temperature(twice.view(), labels_twice);
  EXPECT_NE(fit_temperature(logits.view(), labels), expected);
  // The target of a label depends on the number of rows alone, which is another one there.
  EXPECT_NEAR(fit_temperature(logits.view(), labels, weights), expected, 5e-3 * expected);
  EXPECT_THROW(fit_temperature(logits.view(), labels, std::vector<float>{1}), Error);
}

TEST(CalibrationTest, TemperatureStaysInItsRange) {
  Matrix<double> logits(1, 2);
  logits(0, 0) = 1;
  EXPECT_NEAR(fit_temperature(logits.view(), std::vector<std::int32_t>{1}), 20, 1e-2);
  logits(0, 0) = 1e-3;
  EXPECT_NEAR(fit_temperature(logits.view(), std::vector<std::int32_t>{0}), 0.05, 1e-5);
}

TEST(CalibrationTest, FewRowsThatAreRightPromiseLittle) {
  // softmax(d / T) is (n + s) / (n + 2s) where d / T = log((n + s) / s).
  for (const auto& [rows, added] : {std::pair(1U, 1.0 / 3), std::pair(3U, 1.0 / 3),
                                    std::pair(80U, 0.8), std::pair(200U, 1.0)}) {
    Matrix<double> logits(rows, 2);
    for (std::size_t i = 0; i < rows; ++i) logits(i, 0) = 5;
    const double expected = 5 / std::log((static_cast<double>(rows) + added) / added);
    EXPECT_NEAR(fit_temperature(logits.view(), std::vector<std::int32_t>(rows, 0)), expected,
                1e-3 * expected);
  }
}

TEST(CalibrationTest, RefusesLogitsThatAreNotFinite) {
  Matrix<double> logits(1, 2);
  logits(0, 0) = std::numeric_limits<double>::infinity();
  EXPECT_THROW(fit_temperature(logits.view(), std::vector<std::int32_t>{0}), Error);
  EXPECT_THROW(calibration_bins(logits.view(), std::vector<std::int32_t>{0}), Error);
}

TEST(CalibrationTest, RefusesWeightsAndBinsOutOfRange) {
  const Matrix<double> logits(2, 2);
  const std::vector<std::int32_t> labels = {0, 1};
  for (const float wrong : {0.0F, -1.0F, std::numeric_limits<float>::quiet_NaN(),
                            std::numeric_limits<float>::infinity()}) {
    EXPECT_THROW(fit_temperature(logits.view(), labels, std::vector<float>{1, wrong}), Error);
  }
  EXPECT_EQ(calibration_bins(logits.view(), labels, 1).size(), 1U);
  for (const int bins : {0, -1, kMostCalibrationBins + 1}) {
    EXPECT_THROW(calibration_bins(logits.view(), labels, bins), Error);
  }
}

TEST(CalibrationTest, BinsHoldCountConfidenceAndAccuracy) {
  Matrix<double> probabilities(4, 2);
  const double sure[] = {0.95, 0.85, 1.0, 0.55};
  for (std::size_t i = 0; i < 4; ++i) {
    probabilities(i, 0) = sure[i];
    probabilities(i, 1) = 1 - sure[i];
  }
  const std::vector<CalibrationBin> bins =
      calibration_bins(probabilities.view(), std::vector<std::int32_t>{0, 1, 0, -1}, 10);
  ASSERT_EQ(bins.size(), 10U);
  EXPECT_EQ(bins[9].count, 2U) << "0.95 and 1";
  EXPECT_NEAR(bins[9].confidence, 0.975, 1e-12);
  EXPECT_EQ(bins[9].accuracy, 1);
  EXPECT_EQ(bins[8].accuracy, 0);
  EXPECT_EQ(bins[5].count, 1U) << "a label never seen counts, as a wrong answer";
  EXPECT_EQ(bins[5].accuracy, 0);
  EXPECT_NEAR(expected_calibration_error(bins), (2 * 0.025 + 0.85 + 0.55) / 4, 1e-12);
  EXPECT_EQ(expected_calibration_error({}), 0);
}

}  // namespace
}  // namespace pomona
