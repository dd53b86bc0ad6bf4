// SPDX-License-Identifier: Apache-2.0
#include "pomona/base/stop.h"

#include <gtest/gtest.h>

#include "pomona/base/error.h"

namespace pomona {
namespace {

TEST(StopTest, ThrowsOnceItIsAsked) {
  std::stop_source source;
  const std::stop_token token = source.get_token();
  EXPECT_NO_THROW(throw_if_stopped(token));
  source.request_stop();
  for (int repeat = 0; repeat < 2; ++repeat) {
    try {
      throw_if_stopped(token);
      FAIL() << "did not stop";
    } catch (const Error& error) {
      EXPECT_EQ(error.kind(), ErrorKind::kInterrupted);
      EXPECT_STREQ(error.what(), "stopped as asked; nothing was published");
    }
  }
}

TEST(StopTest, NobodyToAskNeverStops) { EXPECT_NO_THROW(throw_if_stopped(std::stop_token())); }

}  // namespace
}  // namespace pomona
