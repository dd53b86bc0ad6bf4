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

std::string headline_with(const std::vector<std::pair<std::string, double>>& accuracies) {
  Json metrics = {{"metrics", Json::array()}};
  for (const auto& [key, accuracy] : accuracies) {
    metrics["metrics"].push_back({{"key", key}, {"accuracy", accuracy}});
  }
  return headline_metric(metrics);
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
  Json metrics = {{"metrics", {{{"key", "main"}, {"accuracy", 0.5}}}},
                  {"classes", {{{"support", 4}}, {{"support", 0}}, {{"support", 1}}}}};
  EXPECT_THAT(headline_metric(metrics), HasSubstr("Only 2 of 3 labels had a photograph"));
  metrics["classes"][1]["support"] = 1;
  EXPECT_THAT(headline_metric(metrics), testing::Not(HasSubstr("Only")));
}

TEST(HeadlineMetric, NothingWithoutMetrics) {
  EXPECT_THAT(headline_with({}), StartsWith("No headline metric"));
}

}  // namespace
}  // namespace pomona
