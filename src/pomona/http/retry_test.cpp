// SPDX-License-Identifier: Apache-2.0
#include "pomona/http/retry.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <algorithm>
#include <atomic>
#include <new>
#include <thread>
#include <vector>

#include "pomona/base/error.h"

namespace pomona {
namespace {

using std::chrono::milliseconds;

TEST(RetryOptionsTest, BoundsNameTheField) {
  EXPECT_NO_THROW(RetryOptions().check());
  const auto expect_refused = [](const std::string& field, const RetryOptions& options) {
    EXPECT_THAT([&] { options.check(); },
                testing::ThrowsMessage<Error>(testing::StartsWith(field + ": expected ")));
  };
  expect_refused("max_attempts", {.max_attempts = 0});
  expect_refused("first_delay", {.first_delay = milliseconds{-1}});
  expect_refused("longest_delay", {.longest_delay = milliseconds{-1}});
  expect_refused("deadline", {.deadline = milliseconds{0}});
  expect_refused("deadline", {.deadline = milliseconds::max()});
}

TEST(AttemptsTest, DelaysAreSpreadOverAWindowThatDoubles) {
  std::vector<std::vector<long>> delays(6);
  for (std::uint64_t seed = 0; seed < 400; ++seed) {
    Attempts attempts({7, milliseconds{100}, milliseconds{1'000}, milliseconds{60'000}}, seed);
    for (auto& of_attempt : delays)
      of_attempt.push_back(attempts.next_delay(milliseconds{0}).count());
    EXPECT_LT(attempts.next_delay(milliseconds{0}), milliseconds{0}) << "the last was the seventh";
  }
  const long windows[] = {100, 200, 400, 800, 1'000, 1'000};
  for (std::size_t i = 0; i < delays.size(); ++i) {
    const auto [least, most] = std::ranges::minmax(delays[i]);
    EXPECT_LT(least, windows[i] / 10);
    EXPECT_GT(most, windows[i] * 9 / 10);
    EXPECT_LE(most, windows[i]);
  }
}

TEST(AttemptsTest, WaitsAsLongAsTheServerAsks) {
  Attempts attempts({5, milliseconds{1}, milliseconds{2}, milliseconds{60'000}}, 0);
  EXPECT_EQ(attempts.next_delay(milliseconds{700}), milliseconds{700});
}

TEST(AttemptsTest, EndsWhereTheDeadlineWouldPass) {
  Attempts attempts({100, milliseconds{1}, milliseconds{2}, milliseconds{500}}, 0);
  EXPECT_LT(attempts.next_delay(milliseconds{700}), milliseconds{0});
  EXPECT_EQ(attempts.made(), 1);
}

TEST(InFlightLimitTest, NeverLetsMoreInThanItSays) {
  InFlightLimit limit(3);
  std::atomic<int> inside = 0;
  std::atomic<int> most = 0;
  {
    std::vector<std::jthread> threads;
    for (int i = 0; i < 12; ++i) {
      threads.emplace_back([&] {
        for (int k = 0; k < 50; ++k) {
          const InFlightLimit::Slot slot(limit);
          const int now = ++inside;
          int seen = most;
          while (now > seen && !most.compare_exchange_weak(seen, now)) {
          }
          std::this_thread::yield();
          --inside;
        }
      });
    }
  }
  EXPECT_LE(most, 3);
  EXPECT_GE(most, 1);
}

TEST(InFlightLimitTest, AnExceptionGivesThePlaceBack) {
  InFlightLimit limit(1);
  for (int i = 0; i < 3; ++i) {
    const auto fail = [&] {
      const InFlightLimit::Slot slot(limit);
      throw std::bad_alloc();
    };
    EXPECT_THROW(fail(), std::bad_alloc);
  }
  const InFlightLimit::Slot slot(limit);
  EXPECT_EQ(limit.limit(), 1U);
}

TEST(InFlightLimitTest, FallsByHalvesAndGrowsAgain) {
  InFlightLimit limit(64);
  const auto answered = [&](bool overloaded) {
    InFlightLimit::Slot slot(limit);
    if (overloaded) slot.set_overloaded();
  };
  answered(true);
  EXPECT_EQ(limit.limit(), 32U);
  answered(true);  // under way when the limit fell
  EXPECT_EQ(limit.limit(), 32U);
  for (int i = 0; i < 40; ++i) answered(false);
  EXPECT_EQ(limit.limit(), 33U);
  for (int i = 0; i < 5'000; ++i) answered(false);
  EXPECT_EQ(limit.limit(), 64U);
}

}  // namespace
}  // namespace pomona
