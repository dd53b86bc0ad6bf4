// SPDX-License-Identifier: Apache-2.0
#include "pomona/training/variety_fit.h"

#include <gmock/gmock.h>

#include <numeric>

namespace pomona {
namespace {

using testing::ElementsAre;

// Rows of two components: a label's varieties lie apart along the second.
class VarietyFit : public testing::Test {
 protected:
  VarietyFit() : inputs_(testing::TempDir(), 2) {
    rows_.train_labels = {"apple", "pear"};
    rows_.varieties = {"Bosc", "Gala", "Rare"};
  }

  void add(std::size_t count, std::int32_t label, std::int32_t variety, float place) {
    for (std::size_t i = 0; i < count; ++i) {
      Matrix<float> row(1, 2);
      row(0, 0) = label == 0 ? -1.0F : 1.0F;
      row(0, 1) = place + 0.01F * static_cast<float>(i);
      inputs_.append(row.view());
      rows_.label_index.push_back(label);
      rows_.variety_index.push_back(variety);
    }
  }

  std::vector<VarietyClassifier> fit() const {
    std::vector<std::size_t> all(rows_.rows());
    std::iota(all.begin(), all.end(), std::size_t{0});
    const Moments moments(2, 2);
    TrainOptions options;
    options.c = 10;
    return fit_varieties({inputs_, inputs_, rows_, moments}, all, options, {});
  }

  TableRows rows_;
  RowFile inputs_;
};

TEST_F(VarietyFit, SeparatesNamedOnesAndOthers) {
  add(10, 0, 1, -2);
  add(8, 0, -1, 2);
  add(2, 0, 2, 2);  // too few for a class: one of the others
  add(9, 1, 0, 0);  // a label of a single variety has nothing to classify
  add(5, -1, 1, 0);
  const std::vector<VarietyClassifier> varieties = fit();
  ASSERT_EQ(varieties.size(), 1U);
  EXPECT_EQ(varieties[0].label, "apple");
  EXPECT_THAT(varieties[0].names, ElementsAre("Gala"));
  EXPECT_TRUE(varieties[0].knows_others());

  Matrix<double> probabilities(3, 2);
  probabilities(0, 0) = probabilities(1, 0) = probabilities(2, 1) = 1;
  const VarietyAnswers answers =
      answer_varieties(varieties, rows_.train_labels, inputs_, {0, 19, 0}, probabilities.view());
  const VarietyAnswer first = answers[0].value_or(VarietyAnswer());
  EXPECT_EQ(first.name, "Gala");
  EXPECT_GT(first.probability, 0.9);
  EXPECT_EQ(answers[1].value_or(VarietyAnswer{"no answer"}).name, "");
  EXPECT_FALSE(answers[2].has_value());  // answered as a pear
}

TEST_F(VarietyFit, LeavesOutOthersThatAreTooFew) {
  add(8, 1, 0, -2);
  add(8, 1, 1, 2);
  add(7, 1, -1, 0);
  const std::vector<VarietyClassifier> varieties = fit();
  ASSERT_EQ(varieties.size(), 1U);
  EXPECT_THAT(varieties[0].names, ElementsAre("Bosc", "Gala"));
  EXPECT_FALSE(varieties[0].knows_others());
  EXPECT_EQ(varieties[0].classifier.class_count(), 2U);
}

TEST_F(VarietyFit, NeedsEightPhotographsOfAtLeastTwo) {
  add(8, 0, 1, -2);
  add(7, 0, -1, 2);
  add(20, 1, -1, 2);
  add(7, 1, 0, 2);
  EXPECT_TRUE(fit().empty());
}

TEST_F(VarietyFit, NeedsAMapThatNamesSome) {
  add(10, 0, -1, -2);
  rows_.varieties.clear();
  rows_.variety_index.clear();
  EXPECT_TRUE(fit().empty());
}

}  // namespace
}  // namespace pomona
