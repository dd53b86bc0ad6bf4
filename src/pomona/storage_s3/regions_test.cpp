// SPDX-License-Identifier: Apache-2.0
#include "pomona/storage_s3/regions.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "pomona/base/error.h"

namespace pomona {
namespace {

using ::testing::Contains;
using ::testing::ElementsAre;
using ::testing::Not;

TEST(RegionsTest, NamesBetweenCommas) {
  EXPECT_THAT(parse_regions("eu-west-3,us-east-1"), ElementsAre("eu-west-3", "us-east-1"));
  EXPECT_TRUE(parse_regions("").empty());
  for (const char* text : {"EU", "eu-west-3,,us-east-1", "eu west", ","}) {
    EXPECT_THROW(parse_regions(text), Error) << text;
  }
}

TEST(RegionsTest, TheEuropeanUnionIsAListOfPlacesNotAPrefix) {
  const std::vector<std::string> eu = parse_regions("eu");
  EXPECT_THAT(eu, Contains("eu-west-1"));
  for (const char* outside : {"eu-west-2", "eu-central-2", "eu-fake-1", "us-east-1", "EU", ""}) {
    EXPECT_THAT(eu, Not(Contains(outside)));
    EXPECT_THROW(check_region("s3://fruits", outside, eu), Error) << outside;
  }
  EXPECT_NO_THROW(check_region("s3://fruits", "eu-west-3", eu));
}

TEST(RegionsTest, WithoutAListEveryRegionWillDo) {
  EXPECT_NO_THROW(check_region("s3://fruits", "us-east-1", {}));
  EXPECT_NO_THROW(check_region("s3://fruits", "", {}));
}

}  // namespace
}  // namespace pomona
