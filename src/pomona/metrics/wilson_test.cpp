// SPDX-License-Identifier: Apache-2.0
#include "pomona/metrics/wilson.h"

#include <gtest/gtest.h>

#include <limits>

#include "pomona/base/error.h"
#include "pomona/learn/golden.h"

namespace pomona {
namespace {

TEST(WilsonTest, IntervalIsSciPys) {
  const Json golden = golden_learn("wilson.json");
  ASSERT_GT(golden.size(), 20U);
  for (const Json& one : golden) {
    const Interval found =
        wilson_interval(one["share"].get<double>(), one["units"].get<std::uint64_t>());
    EXPECT_NEAR(found.low, one["low"].get<double>(), 1e-9) << one;
    EXPECT_NEAR(found.high, one["high"].get<double>(), 1e-9) << one;
  }
}

TEST(WilsonTest, EndsAreExactWhereAllAnswersAreAlike) {
  for (const std::uint64_t units : {1U, 3U, 7U, 1000U}) {
    EXPECT_EQ(wilson_interval(1, units).high, 1);
    EXPECT_EQ(wilson_interval(0, units).low, 0);
  }
}

TEST(WilsonTest, RefusesWhatIsNoShareAndNoDraws) {
  for (const double share : {-0.1, 1.1, std::numeric_limits<double>::quiet_NaN()}) {
    EXPECT_THROW(wilson_interval(share, 5), Error);
  }
  EXPECT_THROW(wilson_interval(0.5, 0), Error);
}

}  // namespace
}  // namespace pomona
