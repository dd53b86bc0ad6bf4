// SPDX-License-Identifier: Apache-2.0
#include "pomona/metrics/surest_mistakes.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "pomona/base/error.h"

namespace pomona {
namespace {

using testing::ElementsAre;
using testing::IsEmpty;

// Two classes; the first has the probability given.
Matrix<double> answers_of(const std::vector<double>& first) {
  Matrix<double> probabilities(first.size(), 2);
  for (std::size_t i = 0; i < first.size(); ++i) {
    probabilities(i, 0) = first[i];
    probabilities(i, 1) = 1 - first[i];
  }
  return probabilities;
}

TEST(SurestMistakesTest, ComeSurestFirstAndNoRightAnswerIsAmongThem) {
  const Matrix<double> answers = answers_of({0.9, 0.6, 0.99, 0.2, 0.8});
  const std::vector<std::int32_t> labels = {1, 1, 0, 0, 1};
  EXPECT_THAT(surest_mistakes(answers.view(), labels, {}, 10), ElementsAre(0, 3, 4, 1));
  EXPECT_THAT(surest_mistakes(answers.view(), labels, {}, 2), ElementsAre(0, 3));
}

TEST(SurestMistakesTest, HaveOneOfEachGroup) {
  const Matrix<double> answers = answers_of({0.7, 0.9, 0.9, 0.6});
  const std::vector<std::int32_t> labels(4, 1);
  const std::vector<std::int32_t> groups = {7, 7, 7, 3};
  EXPECT_THAT(surest_mistakes(answers.view(), labels, groups, 10), ElementsAre(1, 3));
}

TEST(SurestMistakesTest, PassOverLabelsThatNoAnswerCouldHave) {
  const Matrix<double> answers = answers_of({0.7, 0.9});
  EXPECT_THAT(surest_mistakes(answers.view(), std::vector<std::int32_t>{-1, 0}, {}, 10), IsEmpty());
}

TEST(SurestMistakesTest, RefuseGroupsThatDoNotFit) {
  const Matrix<double> answers = answers_of({0.7, 0.9});
  const std::vector<std::int32_t> labels = {0, 1};
  EXPECT_THROW(surest_mistakes(answers.view(), labels, std::vector<std::int32_t>{1}, 10), Error);
}

}  // namespace
}  // namespace pomona
