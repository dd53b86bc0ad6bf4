// SPDX-License-Identifier: Apache-2.0
#include "pomona/evaluation/headline_metric.h"

#include <gmock/gmock.h>

#include <string>
#include <utility>
#include <vector>

namespace pomona {
namespace {

using testing::HasSubstr;
using testing::StartsWith;

ProtocolMetrics metrics_with(const std::string& key, double accuracy) {
  ProtocolMetrics result;
  result.protocol.key = key;
  result.accuracy = accuracy;
  return result;
}

std::string headline_with(const std::vector<std::pair<std::string, double>>& metrics) {
  std::vector<ProtocolMetrics> results;
  for (const auto& [key, accuracy] : metrics) results.push_back(metrics_with(key, accuracy));
  return headline_metric(results, {});
}

TEST(HeadlineMetric, TheAccuracyByGroupWhereGroupsWereOnBothSides) {
  const std::string text = headline_with({{"main", 0.97}, {"by_group", 0.64}, {"pixels", 0.9}});
  EXPECT_THAT(text, StartsWith("Headline metric: 64.0 %, by group. "));
  EXPECT_THAT(text, HasSubstr("97.0 %"));
}

TEST(HeadlineMetric, TheMainAccuracyWhereGroupsWereKeptTogether) {
  EXPECT_THAT(headline_with({{"main", 0.64}, {"ungrouped", 0.97}}),
              StartsWith("Headline metric: 64.0 %, by group. "));
}

TEST(HeadlineMetric, WarnsOfNearDuplicates) {
  EXPECT_THAT(headline_with({{"main", 0.97}, {"pixels", 0.9}}),
              HasSubstr("the pixel baseline, without a network, reaches 90.0 %"));
  EXPECT_THAT(headline_with({{"main", 0.97}, {"pixels", 0.1}}),
              StartsWith("Headline metric: 97.0 %, for photographs"));
}

TEST(HeadlineMetric, SaysWhenLabelsWereNotTested) {
  const std::vector<ProtocolMetrics> metrics = {metrics_with("main", 0.5)};
  std::vector<LabelMetrics> classes(3);
  classes[0].metrics.support = 4;
  classes[2].metrics.support = 1;
  EXPECT_THAT(headline_metric(metrics, classes), HasSubstr("Only 2 of 3 labels had a photograph"));
  classes[1].metrics.support = 1;
  EXPECT_THAT(headline_metric(metrics, classes), testing::Not(HasSubstr("Only")));
}

TEST(HeadlineMetric, WithoutATestTheCrossValidatedScoreAndWhatItsFoldsKeepTogether) {
  std::vector<ProtocolMetrics> metrics = {metrics_with("cross_validated", 0.5)};
  EXPECT_THAT(headline_metric(metrics, {}), HasSubstr("near-duplicate among the others"));
  // `run` prints it too, and lacks the option near_duplicates of `train`.
  EXPECT_THAT(headline_metric(metrics, {}), testing::Not(HasSubstr("near_duplicates")));
  metrics[0].figures.emplace().grouped = true;
  EXPECT_EQ(headline_metric(metrics, {}), "Headline metric: 50.0 %, by group, cross-validated.");
}

TEST(HeadlineMetric, NothingWithoutMetrics) {
  EXPECT_THAT(headline_with({}), StartsWith("No headline metric"));
}

}  // namespace
}  // namespace pomona
