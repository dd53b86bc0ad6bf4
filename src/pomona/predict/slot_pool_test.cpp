// SPDX-License-Identifier: Apache-2.0
#include "pomona/predict/slot_pool.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <atomic>
#include <chrono>
#include <optional>
#include <thread>
#include <vector>

#include "pomona/base/error.h"

namespace pomona {
namespace {

using ::testing::UnorderedElementsAre;

TEST(SlotPool, GivesAllThatAreWantedToWhoComesAlone) {
  SlotPool pool(3);
  {
    const auto lease = pool.take(5, {});
    EXPECT_THAT(lease.slots(), UnorderedElementsAre(0, 1, 2));
  }
  const auto one = pool.take(1, {});
  const auto rest = pool.take(2, {});
  EXPECT_EQ(one.slots().size(), 1U);
  EXPECT_EQ(rest.slots().size(), 2U);
}

TEST(SlotPool, GivesAllOrOne) {
  SlotPool pool(3);
  {
    const auto all = pool.take_all_or_one({});
    EXPECT_THAT(all.slots(), UnorderedElementsAre(0, 1, 2));
  }
  const auto first = pool.take(1, {});
  {
    const auto one = pool.take_all_or_one({});
    EXPECT_EQ(one.slots().size(), 1U) << "two of three are not all";
  }
  const auto rest = pool.take(2, {});
  std::stop_source stop;
  stop.request_stop();
  EXPECT_THROW(pool.take_all_or_one(stop.get_token()), Error) << "it waits for its turn";
}

TEST(SlotPool, LetsNobodyHaveASlotThatIsTaken) {
  SlotPool pool(2);
  std::atomic<int> holders[2] = {};
  std::atomic<bool> shared = false;
  std::vector<std::jthread> threads;
  for (int thread = 0; thread < 8; ++thread) {
    threads.emplace_back([&] {
      for (int i = 0; i < 200; ++i) {
        const auto lease = pool.take(2, {});
        for (const std::size_t slot : lease.slots()) shared = shared || ++holders[slot] > 1;
        std::this_thread::yield();
        for (const std::size_t slot : lease.slots()) --holders[slot];
      }
    });
  }
  threads.clear();
  EXPECT_FALSE(shared);
}

TEST(SlotPool, ServesInTheOrderOfComing) {
  SlotPool pool(1);
  std::vector<int> served;
  std::atomic<int> coming = -1;
  std::vector<std::jthread> threads;
  {
    const auto lease = pool.take(1, {});
    for (int thread = 0; thread < 6; ++thread) {
      threads.emplace_back([&, thread] {
        coming = thread;
        const auto mine = pool.take(1, {});
        served.push_back(thread);  // whoever holds the slot is alone
      });
      while (coming != thread) std::this_thread::yield();
      std::this_thread::sleep_for(std::chrono::milliseconds(50));
    }
  }
  threads.clear();
  EXPECT_THAT(served, testing::ElementsAre(0, 1, 2, 3, 4, 5));
}

TEST(SlotPool, StopsWaitingWhenAsked) {
  SlotPool pool(1);
  const auto lease = pool.take(1, {});
  std::stop_source stop;
  std::optional<ErrorKind> ended;
  std::jthread waiting([&] {
    try {
      pool.take(1, stop.get_token());
    } catch (const Error& error) {
      ended = error.kind();
    }
  });
  std::this_thread::sleep_for(std::chrono::milliseconds(20));
  stop.request_stop();
  waiting.join();
  EXPECT_EQ(ended, ErrorKind::kInterrupted);
}

}  // namespace
}  // namespace pomona
