// SPDX-License-Identifier: Apache-2.0
#include "pomona/extract/ordered_blocks.h"

#include <gmock/gmock.h>

#include <atomic>
#include <chrono>
#include <stdexcept>
#include <thread>
#include <vector>

#include "pomona/base/parallel.h"

namespace pomona {
namespace {

TEST(OrderedBlocks, ConsumesInOrderWhateverTheWorkers) {
  std::vector<std::size_t> seen;
  OrderedBlocks<std::size_t> ordered([&](std::size_t& block) { seen.push_back(block); }, 4);
  parallel_for(200, 3, [&](std::size_t piece, std::size_t) {
    if (piece % 7 == 0) std::this_thread::sleep_for(std::chrono::milliseconds(1));
    ordered.deliver(piece, piece);
  });
  ASSERT_EQ(seen.size(), 200U);
  for (std::size_t i = 0; i < seen.size(); ++i) EXPECT_EQ(seen[i], i);
}

TEST(OrderedBlocks, NobodyRunsFarAhead) {
  std::atomic<std::size_t> consumed = 0;
  std::size_t furthest = 0;
  OrderedBlocks<std::size_t> ordered(
      [&](std::size_t& block) {
        furthest = std::max(furthest, block - consumed);
        ++consumed;
      },
      2);
  std::atomic<bool> ahead_returned = false;
  std::jthread ahead([&] {
    ordered.deliver(2, 2);
    ahead_returned = true;
  });
  std::this_thread::sleep_for(std::chrono::milliseconds(20));
  EXPECT_FALSE(ahead_returned);
  ordered.deliver(0, 0);
  ordered.deliver(1, 1);
  ahead.join();
  EXPECT_EQ(consumed, 3U);
}

TEST(OrderedBlocks, AFailedWorkerLetsTheOthersGo) {
  OrderedBlocks<std::size_t> ordered([](std::size_t&) {}, 1);
  const auto run = [&] {
    parallel_for(50, 3, [&](std::size_t piece, std::size_t) {
      try {
        if (piece == 5) throw std::runtime_error("broken");
        ordered.deliver(piece, piece);
      } catch (...) {
        ordered.abort();
        throw;
      }
    });
  };
  EXPECT_THROW(run(), std::runtime_error);
}

TEST(OrderedBlocks, WhatTheConsumerThrowsReachesTheWorker) {
  OrderedBlocks<int> ordered([](int&) { throw std::runtime_error("disk full"); }, 1);
  EXPECT_THROW(ordered.deliver(0, 1), std::runtime_error);
}

}  // namespace
}  // namespace pomona
