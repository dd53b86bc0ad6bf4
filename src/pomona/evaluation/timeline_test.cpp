// SPDX-License-Identifier: Apache-2.0
#include "pomona/evaluation/timeline.h"

#include <gmock/gmock.h>

namespace pomona {
namespace {

using testing::ElementsAre;

std::vector<std::string> names_of(const Timeline& timeline) {
  std::vector<std::string> names;
  for (const TimelineStage& one : timeline.stages()) names.push_back(one.stage);
  return names;
}

// Until the clock has moved on.
void pass_time(const Timeline& timeline) {
  const double before = timeline.seconds();
  while (timeline.seconds() <= before) {
  }
}

TEST(Timeline, AStageEndsWhereTheNextBegins) {
  Timeline timeline;
  timeline.begin("scan");
  pass_time(timeline);
  timeline.begin("train");
  timeline.end();
  timeline.end();
  ASSERT_THAT(names_of(timeline), ElementsAre("scan", "train"));
  const auto& stages = timeline.stages();
  EXPECT_GT(stages[0].seconds, 0);
  EXPECT_LE(stages[0].start + stages[0].seconds, stages[1].start);
}

TEST(Timeline, GoesOnWithThatOfAPart) {
  Timeline timeline;
  timeline.begin("prepare");
  pass_time(timeline);
  Timeline part;
  part.begin("train");
  part.begin("bundle");
  timeline.append(part);
  ASSERT_THAT(names_of(timeline), ElementsAre("prepare", "train", "bundle"));
  EXPECT_GT(timeline.stages()[0].seconds, 0) << "it ends";
  EXPECT_GT(timeline.stages()[1].start, part.stages()[0].start);
  EXPECT_EQ(timeline.stages()[1].seconds, part.stages()[0].seconds);
  EXPECT_EQ(timeline.stages()[2].seconds, 0) << "it is open";
  pass_time(timeline);
  timeline.end();
  EXPECT_GT(timeline.stages()[2].seconds, 0);
}

}  // namespace
}  // namespace pomona
