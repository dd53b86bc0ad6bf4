// SPDX-License-Identifier: Apache-2.0
#include "pomona/metrics/metrics.h"

#include <gmock/gmock.h>

#include <cmath>
#include <limits>

#include "pomona/base/error.h"
#include "pomona/metrics/made_up_answers.h"

namespace pomona {
namespace {

using testing::ElementsAre;

TEST(MetricsTest, AgreeWithScikitLearn) {
  const Json golden = golden_learn("answers.json");
  const Answers answers = golden_answers(golden);
  const Metrics metrics = measure(answers.probabilities.view(), answers.labels);
  EXPECT_EQ(metrics.rows, 400U);
  EXPECT_NEAR(metrics.accuracy, golden["accuracy"].get<double>(), 1e-12);
  EXPECT_NEAR(metrics.top3_accuracy, golden["top3_accuracy"].get<double>(), 1e-12);
  EXPECT_NEAR(metrics.macro_f1, golden["macro_f1"].get<double>(), 1e-12);
  EXPECT_NEAR(metrics.log_loss, golden["log_loss"].get<double>(), 1e-9);
  EXPECT_NEAR(metrics.expected_calibration_error,
              golden["expected_calibration_error"].get<double>(), 1e-12);
  for (std::size_t k = 0; k < 7; ++k) {
    EXPECT_NEAR(metrics.classes[k].precision, golden["precision"][k].get<double>(), 1e-12);
    EXPECT_NEAR(metrics.classes[k].recall, golden["recall"][k].get<double>(), 1e-12);
    EXPECT_NEAR(metrics.classes[k].f1, golden["f1"][k].get<double>(), 1e-12);
    EXPECT_EQ(metrics.classes[k].support, golden["support"][k].get<std::uint64_t>());
    for (std::size_t j = 0; j < 7; ++j) {
      EXPECT_EQ(metrics.confusion(k, j), golden["confusion"][k][j].get<std::uint64_t>());
    }
  }
}

TEST(MetricsTest, UnknownLabelsCountAsWrongAndTouchNoClass) {
  const Answers answers = plain_answers({0, 1, 1, 0}, {0, 1, -1, -1}, 4);
  const Metrics metrics = measure(answers.probabilities.view(), answers.labels);
  EXPECT_EQ(metrics.unknown_label_rows, 2U);
  EXPECT_EQ(metrics.accuracy, 0.5);
  EXPECT_EQ(metrics.top3_accuracy, 0.5);
  EXPECT_EQ(metrics.macro_f1, 1);
  EXPECT_EQ(metrics.classes[1].precision, 1);
  EXPECT_NEAR(metrics.log_loss, -std::log(0.7), 1e-12);
}

TEST(MetricsTest, ClassesNeverSeenOrNeverNamedCountAsZeroAndOnlyThoseSeenAreAveraged) {
  const Answers answers = plain_answers({0, 0, 2}, {0, 1, 0}, 3);
  const Metrics metrics = measure(answers.probabilities.view(), answers.labels);
  EXPECT_EQ(metrics.classes[1].precision, 0);
  EXPECT_EQ(metrics.classes[1].f1, 0);
  EXPECT_EQ(metrics.classes[2].support, 0U);
  EXPECT_EQ(metrics.classes[2].recall, 0);
  EXPECT_DOUBLE_EQ(metrics.macro_f1, 0.25);
}

TEST(MetricsTest, FirstOfEqualsIsTheAnswer) {
  Matrix<double> equal(2, 5);
  for (double& p : std::span(equal.data(), equal.size())) p = 0.2;
  EXPECT_THAT(first_answers(equal.view()), ElementsAre(0, 0));
  const Metrics metrics = measure(equal.view(), std::vector<std::int32_t>{2, 3});
  EXPECT_EQ(metrics.top3_accuracy, 0.5) << "class 3 comes fourth";
}

TEST(MetricsTest, NoRowsGiveZerosAndCertainMistakesAFiniteLoss) {
  const Metrics none = measure(MatrixView<const double>(nullptr, 0, 3), {});
  EXPECT_EQ(none.accuracy, 0);
  EXPECT_EQ(none.log_loss, 0);
  EXPECT_EQ(none.expected_calibration_error, 0);
  Matrix<double> sure(1, 2);
  sure(0, 0) = 1;
  EXPECT_TRUE(std::isfinite(measure(sure.view(), std::vector<std::int32_t>{1}).log_loss));
}

TEST(MetricsTest, RefuseWhatDoesNotFit) {
  Matrix<double> two(2, 3);
  EXPECT_THROW(measure(two.view(), std::vector<std::int32_t>{0}), Error);
  EXPECT_THROW(measure(two.view(), std::vector<std::int32_t>{0, 3}), Error);
  EXPECT_THROW(measure(two.view(), std::vector<std::int32_t>{0, -2}), Error);
  two(1, 1) = std::numeric_limits<double>::quiet_NaN();
  EXPECT_THROW(measure(two.view(), std::vector<std::int32_t>{0, 0}), Error);
}

}  // namespace
}  // namespace pomona
