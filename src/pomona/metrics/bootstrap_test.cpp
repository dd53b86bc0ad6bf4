// SPDX-License-Identifier: Apache-2.0
#include <gtest/gtest.h>

#include <algorithm>
#include <cmath>

#include "pomona/base/error.h"
#include "pomona/metrics/made_up_answers.h"
#include "pomona/metrics/metrics.h"
#include "pomona/metrics/wilson.h"

namespace pomona {
namespace {

TEST(BootstrapTest, IntervalIsThatOfABinomialShare) {
  std::vector<std::int32_t> answer(1000, 0);
  std::fill_n(answer.begin(), 200, 1);
  const Answers answers = plain_answers(answer, std::vector<std::int32_t>(1000, 0), 5);
  const BootstrapIntervals found =
      bootstrap(answers.probabilities.view(), answers.labels, {}, /*seed=*/1);
  const double half = 1.96 * std::sqrt(0.8 * 0.2 / 1000);
  EXPECT_NEAR(found.accuracy.low, 0.8 - half, 0.004);
  EXPECT_NEAR(found.accuracy.high, 0.8 + half, 0.004);
  EXPECT_EQ(found.top3_accuracy.high, 1) << "class 0 is always among the first three";
  EXPECT_EQ(found.top3_accuracy.low, wilson_interval(1, 1000).low);
  EXPECT_EQ(found.resamples, 1000);
  EXPECT_EQ(found.groups, 1000U);
}

TEST(BootstrapTest, MacroF1OfAResampleIsThatOfItsRows) {
  // All rows of one group: every resample is the whole.
  const Json golden = golden_learn("answers.json");
  const Answers answers = golden_answers(golden);
  const std::vector<std::int32_t> one_group(answers.labels.size(), 5);
  const BootstrapIntervals found =
      bootstrap(answers.probabilities.view(), answers.labels, one_group, 1, 3);
  EXPECT_EQ(found.groups, 1U);
  const Interval f1 = wilson_interval(golden["macro_f1"].get<double>(), 1);
  EXPECT_NEAR(found.macro_f1.low, f1.low, 1e-12);
  EXPECT_NEAR(found.macro_f1.high, f1.high, 1e-12);
  const Interval top3 = wilson_interval(golden["top3_accuracy"].get<double>(), 1);
  EXPECT_NEAR(found.top3_accuracy.low, top3.low, 1e-12);
}

TEST(BootstrapTest, WhereThereIsNothingToDrawTheIntervalIsWilsons) {
  const Answers one = plain_answers({1}, {1}, 5);
  const BootstrapIntervals of_one = bootstrap(one.probabilities.view(), one.labels, {}, 1);
  for (const Interval& interval :
       {of_one.accuracy, of_one.top3_accuracy, of_one.macro_f1, of_one.classes[1].recall}) {
    EXPECT_NEAR(interval.low, 0.2065, 1e-4);
    EXPECT_EQ(interval.high, 1);
  }
  EXPECT_EQ(of_one.classes[0].recall.high, 0) << "there is none of it";

  const Answers wrong = plain_answers({0, 0}, {1, 1}, 5);
  const BootstrapIntervals of_two = bootstrap(wrong.probabilities.view(), wrong.labels, {}, 1);
  EXPECT_EQ(of_two.accuracy.low, 0);
  EXPECT_EQ(of_two.accuracy.high, wilson_interval(0, 2).high);

  // Forty rows of two groups, all right: two draws, not forty.
  const std::vector<std::int32_t> right(40, 0);
  std::vector<std::int32_t> groups(40, 0);
  std::fill_n(groups.begin(), 10, 1);
  const Answers all = plain_answers(right, right, 2);
  const BootstrapIntervals grouped = bootstrap(all.probabilities.view(), all.labels, groups, 1);
  EXPECT_EQ(grouped.accuracy.low, wilson_interval(1, 2).low);
  EXPECT_EQ(grouped.classes[0].recall.low, wilson_interval(1, 2).low);
}

TEST(BootstrapTest, RowsOfAGroupAreDrawnTogether) {
  // Ten groups of a hundred rows, right or wrong as a whole: as uncertain as ten rows.
  std::vector<std::int32_t> answer(1000);
  std::vector<std::int32_t> groups(1000);
  for (std::size_t i = 0; i < 1000; ++i) {
    groups[i] = static_cast<std::int32_t>(i % 10);
    answer[i] = i % 10 < 5 ? 0 : 1;
  }
  const Answers answers = plain_answers(answer, std::vector<std::int32_t>(1000, 0), 2);
  const BootstrapIntervals alone = bootstrap(answers.probabilities.view(), answers.labels, {}, 1);
  const BootstrapIntervals grouped =
      bootstrap(answers.probabilities.view(), answers.labels, groups, 1);
  EXPECT_EQ(grouped.groups, 10U);
  EXPECT_NEAR(alone.accuracy.high - alone.accuracy.low, 0.062, 0.01);
  EXPECT_GE(grouped.accuracy.high - grouped.accuracy.low, 0.5);
}

TEST(BootstrapTest, RecallOfAClassIsDrawnFromItsRowsAlone) {
  // Class 0: 200 of 1,000 wrong. Class 1: always right. Class 2: never met.
  std::vector<std::int32_t> label(1500, 0);
  std::vector<std::int32_t> answer(1500, 0);
  std::fill_n(answer.begin(), 200, 1);
  std::fill_n(label.rbegin(), 500, 1);
  std::fill_n(answer.rbegin(), 500, 1);
  const Answers answers = plain_answers(answer, label, 3);
  const BootstrapIntervals found = bootstrap(answers.probabilities.view(), label, {}, /*seed=*/1);
  const double half = 1.96 * std::sqrt(0.8 * 0.2 / 1000);
  ASSERT_EQ(found.classes.size(), 3U);
  EXPECT_NEAR(found.classes[0].recall.low, 0.8 - half, 0.004);
  EXPECT_NEAR(found.classes[0].recall.high, 0.8 + half, 0.004);
  EXPECT_EQ(found.classes[1].recall.low, wilson_interval(1, 500).low);
  EXPECT_EQ(found.classes[2].recall.high, 0);
  EXPECT_EQ(found.classes[0].groups, 1000U);
  EXPECT_EQ(found.classes[2].groups, 0U);
}

TEST(BootstrapTest, ResamplesWithoutAClassTellNothingOfIt) {
  // Of two groups, one of each class: half of the resamples lack a class.
  const Answers answers = plain_answers({0, 1, 0, 0}, {0, 0, 1, -1}, 2);
  const std::vector<std::int32_t> groups = {0, 0, 1, 1};
  const BootstrapIntervals found =
      bootstrap(answers.probabilities.view(), answers.labels, groups, /*seed=*/1);
  EXPECT_EQ(found.classes[0].groups, 1U);
  EXPECT_EQ(found.classes[0].recall.low, wilson_interval(0.5, 1).low);
  EXPECT_EQ(found.classes[0].recall.high, wilson_interval(0.5, 1).high);
  EXPECT_EQ(found.classes[1].groups, 1U) << "the row of an unknown label is none of it";
}

TEST(BootstrapTest, SeedDecidesTheDraws) {
  const Answers answers = golden_answers(golden_learn("answers.json"));
  const auto draw = [&](std::uint64_t seed) {
    return bootstrap(answers.probabilities.view(), answers.labels, {}, seed, 50).macro_f1.low;
  };
  EXPECT_EQ(draw(1), draw(1));
  EXPECT_NE(draw(1), draw(2));
}

TEST(BootstrapTest, RefusesResamplesOutOfRange) {
  const Answers answers = plain_answers({0, 1}, {0, 1}, 2);
  const auto draw = [&](int resamples) {
    return bootstrap(answers.probabilities.view(), answers.labels, {}, 1, resamples);
  };
  EXPECT_EQ(draw(1).resamples, 1);
  for (const int resamples : {0, -1, kMostResamples + 1}) EXPECT_THROW(draw(resamples), Error);
}

TEST(BootstrapTest, NoRowsGiveEmptyIntervalsAndWrongGroupsARefusal) {
  const BootstrapIntervals none = bootstrap(MatrixView<const double>(nullptr, 0, 3), {}, {}, 1);
  EXPECT_EQ(none.groups, 0U);
  EXPECT_EQ(none.resamples, 0);
  EXPECT_EQ(none.accuracy.high, 0);
  const Answers answers = plain_answers({0, 1}, {0, 1}, 2);
  EXPECT_THROW(
      bootstrap(answers.probabilities.view(), answers.labels, std::vector<std::int32_t>{1}, 1),
      Error);
}

}  // namespace
}  // namespace pomona
