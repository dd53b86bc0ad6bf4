// SPDX-License-Identifier: Apache-2.0
#include "pomona/evaluation/believe.h"

#include <gmock/gmock.h>

#include <string>
#include <utility>
#include <vector>

namespace pomona {
namespace {

using testing::HasSubstr;
using testing::StartsWith;

std::string believed(const std::vector<std::pair<std::string, double>>& scores) {
  Json metrics = {{"scores", Json::array()}};
  for (const auto& [key, accuracy] : scores) {
    metrics["scores"].push_back({{"key", key}, {"accuracy", accuracy}});
  }
  return which_to_believe(metrics);
}

TEST(WhichToBelieve, TheScoreByGroupWhereGroupsWereTornApart) {
  const std::string text = believed({{"main", 0.97}, {"by_group", 0.64}, {"pixels", 0.9}});
  EXPECT_THAT(text, StartsWith("Believe 64.0 %"));
  EXPECT_THAT(text, HasSubstr("97.0 %"));
}

TEST(WhichToBelieve, TheMainScoreWhereGroupsWereKeptTogether) {
  EXPECT_THAT(believed({{"main", 0.64}, {"ungrouped", 0.97}}), StartsWith("Believe 64.0 %"));
}

TEST(WhichToBelieve, WarnsOfNearDuplicates) {
  EXPECT_THAT(believed({{"main", 0.97}, {"pixels", 0.9}}), StartsWith("Take 97.0 % with care"));
  EXPECT_THAT(believed({{"main", 0.97}, {"pixels", 0.1}}), StartsWith("97.0 % holds"));
}

TEST(WhichToBelieve, SaysWhenLabelsWereNotTested) {
  Json metrics = {{"scores", {{{"key", "main"}, {"accuracy", 0.5}}}},
                  {"classes", {{{"support", 4}}, {{"support", 0}}, {{"support", 1}}}}};
  EXPECT_THAT(which_to_believe(metrics), HasSubstr("Only 2 of 3 labels had a photograph"));
  metrics["classes"][1]["support"] = 1;
  EXPECT_THAT(which_to_believe(metrics), testing::Not(HasSubstr("Only")));
}

TEST(WhichToBelieve, NothingWithoutAScore) {
  EXPECT_THAT(believed({}), StartsWith("There is no score"));
}

}  // namespace
}  // namespace pomona
