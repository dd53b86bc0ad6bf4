// SPDX-License-Identifier: Apache-2.0
#include "pomona/learn/moments.h"

#include <gmock/gmock.h>

#include <cmath>
#include <limits>

#include "pomona/base/error.h"
#include "pomona/learn/made_up_rows.h"

namespace pomona {
namespace {

using testing::Each;
using testing::ElementsAre;
using testing::HasSubstr;

Matrix<double> plain_covariance(const Matrix<float>& rows) {
  const auto n = static_cast<long double>(rows.rows());
  std::vector<long double> mean(rows.cols());
  for (std::size_t i = 0; i < rows.rows(); ++i) {
    for (std::size_t j = 0; j < rows.cols(); ++j) mean[j] += rows(i, j) / n;
  }
  Matrix<double> covariance(rows.cols(), rows.cols());
  for (std::size_t a = 0; a < rows.cols(); ++a) {
    for (std::size_t b = 0; b < rows.cols(); ++b) {
      long double sum = 0;
      for (std::size_t i = 0; i < rows.rows(); ++i) {
        sum += (rows(i, a) - mean[a]) * (rows(i, b) - mean[b]);
      }
      covariance(a, b) = static_cast<double>(sum / n);
    }
  }
  return covariance;
}

double largest_difference(const Matrix<double>& a, const Matrix<double>& b) {
  double largest = 0;
  for (std::size_t i = 0; i < a.size(); ++i) {
    largest = std::max(largest, std::abs(a.data()[i] - b.data()[i]));
  }
  return largest;
}

Moments moments_of_part(const MadeUpRows& made, std::size_t first, std::size_t last) {
  Moments moments(made.rows.cols(), 4);
  moments.add(made.rows.view().rows_from(first, last - first),
              std::span(made.labels).subspan(first, last - first));
  return moments;
}

TEST(MomentsTest, GivesMeanAndCovarianceOfAllRows) {
  const MadeUpRows made = made_up_rows(11, 1300, 9, 4, 2.0);
  const Moments moments = moments_of(made, 4);
  EXPECT_EQ(moments.rows(), 1300U);
  double sum = 0;
  for (std::size_t i = 0; i < 1300; ++i) sum += static_cast<double>(made.rows(i, 5));
  EXPECT_NEAR(moments.mean()[5], sum / 1300, 1e-11);
  const Matrix<double> expected = plain_covariance(made.rows);
  EXPECT_LT(largest_difference(moments.covariance(), expected), 1e-13 * expected(0, 0));
  for (std::size_t j = 0; j < 9; ++j) EXPECT_EQ(moments.variance()[j], moments.covariance()(j, j));
}

TEST(MomentsTest, CountsClassesAndLeavesRowsWithoutOneToTheMean) {
  Matrix<float> rows(3, 2);
  rows(0, 0) = 1;
  rows(1, 0) = 5;
  rows(2, 0) = 3;
  Moments moments(2, 2);
  moments.add(rows.view(), std::vector<std::int32_t>{1, -1, 1});
  EXPECT_THAT(moments.class_rows(), ElementsAre(0, 2));
  EXPECT_DOUBLE_EQ(moments.class_means()(1, 0), 2);
  EXPECT_EQ(moments.class_means()(0, 0), 0);
  EXPECT_DOUBLE_EQ(moments.mean()[0], 3);
}

TEST(MomentsTest, KeepsDigitsWhenTheMeanIsFarFromZero) {
  MadeUpRows made = made_up_rows(12, 2000, 3, 2, 0.0);
  for (float& value : std::span(made.rows.data(), made.rows.size())) value = value / 64 + 60000;
  const Matrix<double> expected = plain_covariance(made.rows);
  const Matrix<double> found = moments_of(made, 2).covariance();
  EXPECT_LT(largest_difference(found, expected), 1e-12 * expected(0, 0));
}

TEST(MomentsTest, ConstantFeatureHasNoVarianceAtAll) {
  Matrix<float> rows(1237, 2);
  for (std::size_t i = 0; i < rows.rows(); ++i) {
    rows(i, 0) = 0.1F;
    rows(i, 1) = static_cast<float>(i);
  }
  Moments moments(2, 0);
  moments.add(rows.view(), {});
  EXPECT_EQ(moments.variance()[0], 0);
  EXPECT_EQ(moments.mean()[0], static_cast<double>(0.1F));
}

TEST(MomentsTest, MergedPartsEqualTheWhole) {
  const MadeUpRows made = made_up_rows(13, 1500, 7, 4, 3.0);
  const Moments whole = moments_of_part(made, 0, 1500);
  Moments merged(7, 4);
  merged.merge(moments_of_part(made, 0, 1));
  merged.merge(moments_of_part(made, 1, 700));
  merged.merge(Moments(7, 4));
  merged.merge(moments_of_part(made, 700, 1500));
  EXPECT_EQ(merged.rows(), 1500U);
  EXPECT_THAT(merged.class_rows(), testing::ElementsAreArray(whole.class_rows()));
  const double scale = whole.covariance()(0, 0);
  EXPECT_LT(largest_difference(merged.covariance(), whole.covariance()), 1e-12 * scale);
  EXPECT_LT(largest_difference(merged.class_means(), whole.class_means()), 1e-12 * 20);
  for (std::size_t j = 0; j < 7; ++j) EXPECT_NEAR(merged.mean()[j], whole.mean()[j], 1e-12 * 20);
}

TEST(MomentsTest, RefusesToMergeOtherShapes) {
  Moments moments(3, 2);
  EXPECT_THROW(moments.merge(Moments(4, 2)), Error);
  EXPECT_THROW(moments.merge(Moments(3, 1)), Error);
}

TEST(MomentsTest, RefusesWhatIsNotFiniteAndCountsNoneOfIt) {
  for (const float bad :
       {std::numeric_limits<float>::quiet_NaN(), std::numeric_limits<float>::infinity(),
        -std::numeric_limits<float>::infinity()}) {
    for (const std::size_t col : {std::size_t{0}, std::size_t{17}, std::size_t{20}}) {
      MadeUpRows made = made_up_rows(14, 600, 21, 2, 1.0);
      made.rows(599, col) = bad;
      Moments moments(21, 2);
      try {
        moments.add(made.rows.view(), made.labels);
        FAIL() << "accepted " << bad;
      } catch (const Error& error) {
        EXPECT_EQ(error.kind(), ErrorKind::kInvalidInput);
        EXPECT_THAT(error.what(), HasSubstr("dimension " + std::to_string(col) + " of row 599"));
      }
      EXPECT_EQ(moments.rows(), 0U);
    }
  }
}

TEST(MomentsTest, RefusesLabelsAndShapesThatDoNotFit) {
  const Matrix<float> rows(2, 3);
  Moments moments(3, 2);
  EXPECT_THROW(moments.add(rows.view(), std::vector<std::int32_t>{0, 2}), Error);
  EXPECT_THROW(moments.add(rows.view(), std::vector<std::int32_t>{0, -2}), Error);
  EXPECT_THROW(moments.add(rows.view(), std::vector<std::int32_t>{0}), Error);
  EXPECT_THROW(Moments(4, 0).add(rows.view(), {}), Error);
  EXPECT_THROW(Moments(0, 2), Error);
  EXPECT_EQ(moments.rows(), 0U);
}

TEST(MomentsTest, NothingSeenIsAllZero) {
  const Moments moments(2, 1);
  EXPECT_THAT(moments.mean(), Each(0.0));
  EXPECT_THAT(moments.variance(), Each(0.0));
  EXPECT_EQ(moments.covariance(), Matrix<double>(2, 2));
}

TEST(MomentsTest, NumbersClassesAnew) {
  const MadeUpRows made = made_up_rows(12, 700, 5, 4, 2.0);
  MadeUpRows expected = made;
  for (std::int32_t& label : expected.labels) label = label == 2 ? 0 : label == 0 ? 1 : -1;
  Moments of_two(5, 2);
  of_two.add(expected.rows.view(), expected.labels);

  const Moments moments = moments_of(made, 4);
  EXPECT_EQ(moments.with_classes(std::vector<std::size_t>{2, 0}).to_bytes(), of_two.to_bytes());
  EXPECT_THROW(moments.with_classes(std::vector<std::size_t>{4}), Error);
}

}  // namespace
}  // namespace pomona
