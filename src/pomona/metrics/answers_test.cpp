// SPDX-License-Identifier: Apache-2.0
#include "pomona/metrics/answers.h"

#include <gmock/gmock.h>

#include <array>
#include <limits>
#include <vector>

#include "pomona/base/error.h"

namespace pomona {
namespace {

using testing::HasSubstr;

std::string refused_answers(const Matrix<double>& values, const std::vector<std::int32_t>& labels) {
  try {
    check_answers("judging", values.view(), labels);
  } catch (const Error& error) {
    EXPECT_EQ(error.kind(), ErrorKind::kInvalidInput);
    EXPECT_THAT(error.what(), HasSubstr("judging: "));
    return error.what();
  }
  return "accepted";
}

TEST(AnswersTest, EachRowHasALabelThatCanBe) {
  const Matrix<double> values(2, 3);
  EXPECT_EQ(refused_answers(values, {-1, 2}), "accepted");
  EXPECT_THAT(refused_answers(values, {0, 3}), HasSubstr("row 1 has label 3, expected -1 to 2"));
  EXPECT_THAT(refused_answers(values, {-2, 0}), HasSubstr("row 0 has label -2"));
  EXPECT_THAT(refused_answers(values, {0}), HasSubstr("found 1 labels for 2 rows of 3 classes"));
  EXPECT_THAT(refused_answers(values, {0, 1, 2}), HasSubstr("found 3 labels for 2 rows"));
}

TEST(AnswersTest, RowsNeedAClassUnlessThereAreNone) {
  EXPECT_THAT(refused_answers(Matrix<double>(1, 0), {-1}), HasSubstr("at least 1 class"));
  EXPECT_EQ(refused_answers(Matrix<double>(0, 0), {}), "accepted");
}

TEST(AnswersTest, EveryValueIsFinite) {
  for (const double bad :
       {std::numeric_limits<double>::quiet_NaN(), std::numeric_limits<double>::infinity(),
        -std::numeric_limits<double>::infinity()}) {
    Matrix<double> values(3, 2);
    values(2, 1) = bad;
    EXPECT_THAT(refused_answers(values, {0, 0, -1}), HasSubstr("row 2 has a value that is not"));
  }
}

TEST(AnswersTest, GroupsAreThereForEveryRowOrForNone) {
  EXPECT_NO_THROW(check_groups("judging", {}, 3));
  EXPECT_NO_THROW(check_groups("judging", std::array{7, 7, 9}, 3));
  for (const std::size_t rows : {2U, 4U}) {
    try {
      check_groups("judging", std::array{7, 7, 9}, rows);
      FAIL() << "accepted 3 groups for " << rows << " rows";
    } catch (const Error& error) {
      EXPECT_EQ(error.kind(), ErrorKind::kInvalidInput);
      EXPECT_THAT(error.what(), HasSubstr("judging: found 3 groups"));
    }
  }
}

TEST(AnswersTest, AmongTheFirstThreeTheEarlierOfEqualsCountsFirst) {
  const std::array row = {0.1, 0.3, 0.1, 0.1, 0.4};
  EXPECT_TRUE(among_first_three(row, 4));
  EXPECT_TRUE(among_first_three(row, 1));
  EXPECT_TRUE(among_first_three(row, 0));
  EXPECT_FALSE(among_first_three(row, 2));
  EXPECT_FALSE(among_first_three(row, 3));
  EXPECT_FALSE(among_first_three(row, -1));
  EXPECT_TRUE(among_first_three(std::array{0.9, 0.1}, 1)) << "of two every one is";
}

}  // namespace
}  // namespace pomona
