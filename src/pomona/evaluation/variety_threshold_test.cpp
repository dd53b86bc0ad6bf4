// SPDX-License-Identifier: Apache-2.0
#include "pomona/evaluation/variety_threshold.h"

#include <gmock/gmock.h>

#include <algorithm>
#include <utility>

namespace pomona {
namespace {

using testing::ElementsAre;

constexpr double probability_at(std::size_t place) {
  return 0.99 - 0.01 * static_cast<double>(place);
}

// Photographs of one label from the most to the least probable: 'r' is right, 'w' wrong.
std::vector<JudgedVariety> answers(const std::string& right) {
  std::vector<JudgedVariety> judged;
  for (std::size_t i = 0; i < right.size(); ++i) {
    JudgedVariety& one = judged.emplace_back();
    one.probability = probability_at(i);
    one.right = right[i] == 'r';
  }
  return judged;
}

TEST(VarietyThreshold, NineOfTenAreRightFromTheLeastProbabilityOn) {
  EXPECT_EQ(choose_least_probability(answers("rrrrrrrrr")), probability_at(8));
  EXPECT_EQ(choose_least_probability(answers("rrrrrrrrrw")), probability_at(9));
  EXPECT_EQ(choose_least_probability(answers("rrrrrrrrwr")), probability_at(9));
  EXPECT_EQ(choose_least_probability(answers("rrrrrrrrww")), probability_at(7));
  EXPECT_EQ(choose_least_probability(answers("wrrrrrrrr")), std::nullopt);
}

TEST(VarietyThreshold, FewAreNotReported) {
  EXPECT_EQ(choose_least_probability(answers("rrrrrrr")), std::nullopt);
  EXPECT_EQ(choose_least_probability(std::vector<JudgedVariety>()), std::nullopt);
}

TEST(VarietyThreshold, EqualProbabilitiesAreReportedTogether) {
  std::vector<JudgedVariety> judged = answers("rrrrrrrrww");
  judged[8].probability = judged[9].probability = judged[7].probability;
  EXPECT_EQ(choose_least_probability(judged), std::nullopt);
}

TEST(VarietyThreshold, GoesByWeights) {
  std::vector<JudgedVariety> judged = answers("rrrrrrrrww");
  judged[8].weight = judged[9].weight = 0.1;
  EXPECT_EQ(choose_least_probability(judged), probability_at(9));
  judged[0].weight = 10;
  judged[0].right = false;
  EXPECT_EQ(choose_least_probability(judged), std::nullopt);
}

TEST(VarietyThreshold, WhatIsMoreLikelyWrongThanRightIsNotReported) {
  std::vector<JudgedVariety> judged = answers("rrrrrrrrrr");
  judged[8].probability = 0.5;
  judged[9].probability = 0.49;
  EXPECT_EQ(choose_least_probability(judged), 0.5);
}

// Held-out photographs, all of the variety Gala and all answered with the same label.
struct Held {
  Held() {
    rows.train_labels = {"apple", "pear"};
    rows.varieties = {"Gala", "Jonagold"};
  }
  void add(std::int32_t label, double probability, const std::string& answer, std::size_t count) {
    Evaluation& evaluation = validation.evaluation;
    for (std::size_t i = 0; i < count; ++i) {
      evaluation.rows.push_back(rows.label_index.size());
      evaluation.labels.push_back(label);
      rows.label_index.push_back(label);
      rows.variety_index.push_back(0);
      validation.varieties.emplace_back(VarietyAnswer{answer, probability});
    }
  }
  // `apple`: how probable that label is for each photograph.
  std::vector<std::string> set(double apple, std::vector<VarietyClassifier>& varieties) {
    Matrix<double> probabilities(rows.label_index.size(), 2);
    for (std::size_t i = 0; i < probabilities.rows(); ++i) {
      probabilities(i, 0) = apple;
      probabilities(i, 1) = 1 - apple;
    }
    validation.evaluation.probabilities = std::move(probabilities);
    return set_report_thresholds(validation, rows, varieties);
  }

  TableRows rows;
  CrossValidation validation;
};

std::vector<VarietyClassifier> of_labels(const std::vector<std::string>& labels) {
  std::vector<VarietyClassifier> varieties(labels.size());
  for (std::size_t i = 0; i < labels.size(); ++i) varieties[i].label = labels[i];
  return varieties;
}

TEST(VarietyThreshold, IsOfLabelAndVarietyTogether) {
  Held held;
  held.add(0, 0.9, "Gala", 9);
  held.add(0, 0.85, "Jonagold", 1);  // it is a Gala
  held.add(0, 0.8, "Gala", 8);
  held.add(1, 0.75, "Gala", 9);  // a pear
  std::vector<VarietyClassifier> varieties = of_labels({"apple", "pear"});
  EXPECT_THAT(held.set(0.75, varieties), ElementsAre("pear"));
  ASSERT_EQ(varieties.size(), 1U);
  EXPECT_EQ(varieties[0].label, "apple");
  EXPECT_EQ(varieties[0].least_probability, 0.8 * 0.75);
}

TEST(VarietyThreshold, WhatHasNoNameIsNotReported) {
  Held held;
  held.add(0, 0.9, "Gala", 8);
  held.add(0, 0.9, "", 8);
  held.validation.varieties.emplace_back();  // the label has no varieties
  held.rows.label_index.push_back(0);
  held.rows.variety_index.push_back(-1);
  std::vector<VarietyClassifier> varieties = of_labels({"apple"});
  ASSERT_THAT(held.set(0.75, varieties), ElementsAre());
  EXPECT_EQ(varieties[0].least_probability, 0.9 * 0.75);
}

TEST(VarietyThreshold, GoesByTheWeightsOfRows) {
  Held held;
  held.add(0, 0.9, "Gala", 9);
  held.add(0, 0.8, "Jonagold", 9);
  held.rows.weights.assign(18, 1);
  std::fill(held.rows.weights.begin() + 9, held.rows.weights.end(), 0.01F);
  std::vector<VarietyClassifier> varieties = of_labels({"apple"});
  ASSERT_THAT(held.set(0.75, varieties), ElementsAre());
  EXPECT_EQ(varieties[0].least_probability, 0.8 * 0.75);
}

}  // namespace
}  // namespace pomona
