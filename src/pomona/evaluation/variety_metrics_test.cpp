// SPDX-License-Identifier: Apache-2.0
#include "pomona/evaluation/variety_metrics.h"

#include <gmock/gmock.h>

namespace pomona {
namespace {

using testing::ElementsAre;

constexpr double probability_at(std::size_t place) {
  return 0.99 - 0.01 * static_cast<double>(place);
}

// Photographs of one label from the most to the least probable: 'r' is right, 'w' wrong.
std::vector<JudgedVariety> answers(const std::string& right, std::size_t fold = 0) {
  std::vector<JudgedVariety> judged;
  for (std::size_t i = 0; i < right.size(); ++i) {
    JudgedVariety& one = judged.emplace_back();
    one.fold = fold;
    one.probability = probability_at(i);
    one.named = true;
    one.right = right[i] == 'r';
  }
  return judged;
}

TEST(VarietyMetrics, NineOfTenAreRightFromTheLeastProbabilityOn) {
  EXPECT_EQ(choose_least_probability(answers("rrrrrrrrr")), probability_at(8));
  EXPECT_EQ(choose_least_probability(answers("rrrrrrrrrw")), probability_at(9));
  EXPECT_EQ(choose_least_probability(answers("rrrrrrrrwr")), probability_at(9));
  EXPECT_EQ(choose_least_probability(answers("rrrrrrrrww")), probability_at(7));
  EXPECT_EQ(choose_least_probability(answers("wrrrrrrrr")), std::nullopt);
}

TEST(VarietyMetrics, FewAreNoReasonToReport) {
  EXPECT_EQ(choose_least_probability(answers("rrrrrrr")), std::nullopt);
  EXPECT_EQ(choose_least_probability(std::vector<JudgedVariety>()), std::nullopt);
}

TEST(VarietyMetrics, EqualProbabilitiesAreReportedTogether) {
  std::vector<JudgedVariety> judged = answers("rrrrrrrrww");
  judged[8].probability = judged[9].probability = judged[7].probability;
  EXPECT_EQ(choose_least_probability(judged), std::nullopt);
}

TEST(VarietyMetrics, GoesByWeights) {
  std::vector<JudgedVariety> judged = answers("rrrrrrrrww");
  judged[8].weight = judged[9].weight = 0.1;
  EXPECT_EQ(choose_least_probability(judged), probability_at(9));
  judged[0].weight = 10;
  judged[0].right = false;
  EXPECT_EQ(choose_least_probability(judged), std::nullopt);
}

TEST(VarietyMetrics, NothingIsReportedThatIsMoreLikelyWrongThanRight) {
  std::vector<JudgedVariety> judged = answers("rrrrrrrrrr");
  judged[8].probability = 0.5;
  judged[9].probability = 0.49;
  EXPECT_EQ(choose_least_probability(judged), 0.5);
}

TEST(VarietyMetrics, WhatHasNoNameIsNotReportedWhateverElse) {
  std::vector<JudgedVariety> judged = answers("rrrrrrrrw");
  judged[8].probability = 0;
  EXPECT_EQ(choose_least_probability(judged), probability_at(7));
}

TEST(VarietyMetrics, AFoldIsReportedByTheOthers) {
  std::vector<JudgedVariety> judged = answers("rrrrrrrr", 1);
  for (const JudgedVariety& one : answers("wwwwwwww", 2)) judged.push_back(one);
  report_by_other_folds(judged);
  for (std::size_t i = 0; i < 8; ++i)
    EXPECT_FALSE(judged[i].reported);  // the other fold is all wrong
  for (std::size_t i = 8; i < 16; ++i)
    EXPECT_TRUE(judged[i].reported);  // the other fold is all right
}

TEST(VarietyMetrics, EachLabelHasItsOwnLimitOrIsNeverReported) {
  const std::vector<std::string> labels = {"apple", "pear"};
  std::vector<VarietyClassifier> varieties(2);
  varieties[0].label = "apple";
  varieties[0].names = {"Gala"};
  varieties[1].label = "pear";
  std::vector<JudgedVariety> judged = answers("rrrrrrrr");
  for (JudgedVariety one : answers("rwrwrwrwrw")) {
    one.label = 1;
    judged.push_back(one);
  }
  const Json json = set_report_thresholds(judged, labels, varieties);
  ASSERT_EQ(varieties.size(), 1U);
  EXPECT_EQ(varieties[0].label, "apple");
  EXPECT_EQ(varieties[0].least_probability, probability_at(7));
  ASSERT_EQ(json.size(), 2U);
  EXPECT_EQ(json[0].at("varieties"), Json({"Gala"}));
  EXPECT_EQ(json[0].at("least_probability"), varieties[0].least_probability);
  EXPECT_TRUE(json[1].at("least_probability").is_null());

  report_as_bundle(varieties, labels, judged);
  EXPECT_TRUE(judged[7].reported);
  EXPECT_FALSE(judged[8].reported);
}

TEST(VarietyMetrics, WithoutOutOfFoldScoresAllAreReportedFromTheSameProbabilityOn) {
  std::vector<VarietyClassifier> varieties(1);
  EXPECT_EQ(set_report_thresholds(varieties)[0].at("least_probability"), 0.8);
  EXPECT_EQ(varieties[0].least_probability, 0.8);
}

// Two labels, two sources; the first photograph is a Gala, the second a pear without a variety, the
// third an apple that is taken for a pear.
TableRows three_rows() {
  TableRows rows;
  rows.manifest.labels = {"apple", "pear"};
  rows.train_labels = {"apple", "pear"};
  for (const char* path : {"shop/a.jpg", "studio/b.jpg", "studio/c.jpg"}) {
    ManifestRow row;
    row.path = path;
    rows.manifest.rows.push_back(row);
  }
  rows.varieties = {"Gala", "Jonagold"};
  rows.variety_index = {0, -1, 1};
  rows.label_index = {0, 1, 0};
  rows.weights = {1, 0.5, 2};
  return rows;
}

TEST(VarietyMetrics, JudgesLabelAndVarietyTogether) {
  const TableRows rows = three_rows();
  Evaluation evaluation;
  evaluation.rows = {0, 1, 2};
  evaluation.labels = {0, 1, 0};
  evaluation.probabilities = Matrix<double>(3, 2);
  evaluation.probabilities(0, 0) = 0.75;
  evaluation.probabilities(1, 1) = 0.5;
  evaluation.probabilities(2, 1) = 0.5;
  const VarietyAnswers of_rows = {VarietyAnswer{"Gala", 0.5}, VarietyAnswer{"", 0.9},
                                  VarietyAnswer{"Jonagold", 0.5}};
  const auto judged = judge_varieties(of_rows, evaluation, rows, {0, 1, 3});
  ASSERT_EQ(judged.size(), 3U);
  EXPECT_EQ(judged[0].probability, 0.375);
  EXPECT_TRUE(judged[0].named && judged[0].right);
  EXPECT_EQ(judged[0].fold, 1U);
  EXPECT_EQ(judged[1].probability, 0);
  EXPECT_FALSE(judged[1].named || judged[1].right);
  EXPECT_EQ(judged[1].fold, 2U);
  EXPECT_EQ(judged[2].weight, 2);
  EXPECT_FALSE(judged[2].right);  // it is a Jonagold, but no pear
  VarietyAnswers some = of_rows;
  some[1].reset();
  EXPECT_EQ(judge_varieties(some, evaluation, rows, {}).size(), 2U);
}

TEST(VarietyMetrics, CountsByLabelAndSource) {
  const TableRows rows = three_rows();
  std::vector<JudgedVariety> judged(3);
  for (std::size_t i = 0; i < 3; ++i) judged[i].row = i;
  judged[0].reported = judged[0].right = judged[0].named = true;
  judged[1].label = judged[2].label = 1;
  judged[1].right = true;  // it would be, but is not reported
  judged[2].reported = judged[2].named = true;
  Json counts = Json::array();
  add_variety_metrics("cross_validated", judged, rows, {"shop", "studio"}, counts);
  std::vector<std::string> found;
  for (const Json& one : counts) {
    found.push_back(one.at("key").get<std::string>() + " " + one.value("source", "-") + " " +
                    one.value("label", "-") + " " + one.at("rows").dump() + one.at("named").dump() +
                    one.at("reported").dump() + one.at("right").dump());
  }
  EXPECT_THAT(
      found,
      ElementsAre("cross_validated - - 3221", "cross_validated - apple 1111",
                  "cross_validated - pear 2110", "cross_validated_source shop - 1111",
                  "cross_validated_source shop apple 1111", "cross_validated_source studio - 2110",
                  "cross_validated_source studio pear 2110"));
}

}  // namespace
}  // namespace pomona
