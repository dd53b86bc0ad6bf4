// SPDX-License-Identifier: Apache-2.0
#include "pomona/base/parallel.h"

#include <gtest/gtest.h>

#include <atomic>
#include <latch>
#include <mutex>
#include <set>
#include <stdexcept>
#include <string>
#include <thread>
#include <vector>

namespace pomona {
namespace {

TEST(ParallelTest, ThereIsAtLeastOneCore) { EXPECT_GE(usable_cores(), 1U); }

TEST(ParallelTest, RunsEveryPieceOnce) {
  for (const std::size_t workers : {0U, 1U, 2U, 3U, 50U}) {
    std::vector<std::atomic<int>> runs(37);
    parallel_for(37, workers, [&](std::size_t piece, std::size_t) { ++runs[piece]; });
    for (const auto& count : runs) EXPECT_EQ(count, 1) << workers << " workers";
  }
}

TEST(ParallelTest, WorkersAreNumberedFromZeroAndNoMoreThanPieces) {
  std::mutex mutex;
  std::set<std::size_t> seen;
  parallel_for(3, 8, [&](std::size_t, std::size_t worker) {
    const std::lock_guard lock(mutex);
    seen.insert(worker);
  });
  EXPECT_LT(*seen.rbegin(), 3U);
}

TEST(ParallelTest, WorkersRunAtTheSameTime) {
  // Each piece waits for the other: one thread alone would never come back.
  std::latch both(2);
  parallel_for(2, 2, [&](std::size_t, std::size_t) { both.arrive_and_wait(); });
}

TEST(ParallelTest, OneWorkerIsTheCallerAndGoesInOrder) {
  std::vector<std::size_t> pieces;
  parallel_for(5, 1, [&](std::size_t piece, std::size_t worker) {
    EXPECT_EQ(worker, 0U);
    pieces.push_back(piece);
  });
  EXPECT_EQ(pieces, (std::vector<std::size_t>{0, 1, 2, 3, 4}));
}

TEST(ParallelTest, NoPiecesIsNothingToDo) {
  parallel_for(0, 2, [](std::size_t, std::size_t) { FAIL(); });
}

TEST(ParallelTest, RethrowsTheExceptionOfTheLowestPiece) {
  for (int repeat = 0; repeat < 50; ++repeat) {
    std::latch both(2);
    try {
      parallel_for(2, 2, [&](std::size_t piece, std::size_t) {
        both.arrive_and_wait();
        throw std::runtime_error(std::to_string(piece));
      });
      FAIL();
    } catch (const std::runtime_error& error) {
      EXPECT_STREQ(error.what(), "0");
    }
  }
}

TEST(ParallelTest, StartsNoPieceAfterAFailure) {
  std::vector<std::size_t> started;
  EXPECT_THROW(parallel_for(100, 1,
                            [&](std::size_t piece, std::size_t) {
                              started.push_back(piece);
                              if (piece == 3) throw std::runtime_error("stop");
                            }),
               std::runtime_error);
  EXPECT_EQ(started.size(), 4U);
}

}  // namespace
}  // namespace pomona
