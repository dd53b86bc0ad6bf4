// SPDX-License-Identifier: Apache-2.0
#include "pomona/learn/classifier.h"

#include <gtest/gtest.h>

#include <cmath>

#include "pomona/base/error.h"
#include "pomona/learn/made_up_rows.h"

namespace pomona {
namespace {

Classifier made_up_classifier(std::size_t classes, std::size_t dims) {
  Random random(31);
  Classifier classifier{Matrix<double>(classes, dims), std::vector<double>(classes), 2.0};
  for (double& weight : std::span(classifier.weights.data(), classifier.weights.size())) {
    weight = bell(random);
  }
  for (double& bias : classifier.bias) bias = bell(random);
  return classifier;
}

TEST(ClassifierTest, LogitsAreProductsPlusBias) {
  const Classifier classifier = made_up_classifier(3, 5);
  const MadeUpRows made = made_up_rows(32, 4, 5, 2, 1.0);
  Matrix<double> logits(4, 3);
  classifier_logits(classifier, made.rows.view(), logits.view());
  for (std::size_t i = 0; i < 4; ++i) {
    for (std::size_t k = 0; k < 3; ++k) {
      double sum = classifier.bias[k];
      for (std::size_t j = 0; j < 5; ++j) {
        sum += classifier.weights(k, j) * static_cast<double>(made.rows(i, j));
      }
      EXPECT_NEAR(logits(i, k), sum, 1e-12);
    }
  }
}

TEST(ClassifierTest, BitsOfARowDependNeitherOnItsPlaceNorOnOtherRows) {
  const Classifier classifier = made_up_classifier(37, 213);
  const MadeUpRows made = made_up_rows(33, 389, 213, 2, 1.0);
  Matrix<double> together(389, 37);
  classifier_logits(classifier, made.rows.view(), together.view());
  for (std::size_t i = 0; i < 389; ++i) {
    Matrix<double> alone(1, 37);
    classifier_logits(classifier, made.rows.view().rows_from(i, 1), alone.view());
    ASSERT_TRUE(std::ranges::equal(alone.row(0), together.row(i))) << "row " << i;
  }
}

TEST(ClassifierTest, SoftmaxDividesByTheTemperatureAndDoesNotOverflow) {
  Matrix<double> logits(2, 2);
  logits(0, 0) = 3;
  logits(0, 1) = 1;
  logits(1, 0) = 5000;
  logits(1, 1) = -5000;
  logits_to_probabilities(/*temperature=*/2, logits.view());
  EXPECT_NEAR(logits(0, 0), 1 / (1 + std::exp(-1.0)), 1e-15);
  EXPECT_NEAR(logits(0, 0) + logits(0, 1), 1, 1e-15);
  EXPECT_EQ(logits(1, 0), 1);
  EXPECT_EQ(logits(1, 1), 0);
}

TEST(ClassifierTest, ClassifyIsLogitsThenSoftmax) {
  const Classifier classifier = made_up_classifier(4, 6);
  const MadeUpRows made = made_up_rows(34, 5, 6, 2, 1.0);
  Matrix<double> expected(5, 4);
  classifier_logits(classifier, made.rows.view(), expected.view());
  logits_to_probabilities(classifier.temperature, expected.view());
  Matrix<double> probabilities(5, 4);
  classify(classifier, made.rows.view(), probabilities.view());
  EXPECT_EQ(probabilities, expected);
}

TEST(ClassifierTest, RefusesRowsOfOtherDimensions) {
  Matrix<double> logits(1, 4);
  EXPECT_THROW(
      classifier_logits(made_up_classifier(4, 6), Matrix<float>(1, 5).view(), logits.view()),
      Error);
}

}  // namespace
}  // namespace pomona
