// SPDX-License-Identifier: Apache-2.0
#include "pomona/base/parallel.h"

#include <gtest/gtest.h>

#include <atomic>
#include <cerrno>
#include <functional>
#include <latch>
#include <mutex>
#include <set>
#include <stdexcept>
#include <string>
#include <system_error>
#include <thread>
#include <vector>

#include "pomona/base/error.h"
#include "pomona/base/parallel_start.h"

namespace pomona {
namespace {

TEST(ParallelTest, ThereIsAtLeastOneCore) { EXPECT_GE(usable_cores(), 1U); }

// A system that has so many threads at once.
StartThread start_while_few(std::size_t most, std::atomic<std::size_t>& running) {
  return [most, &running](const std::function<void()>& work) {
    if (++running > most) {
      --running;
      throw std::system_error(EAGAIN, std::generic_category());
    }
    return std::jthread([work, &running] {
      work();
      --running;
    });
  };
}

TEST(ParallelTest, SaysHowManyThreadsCanBeStartedAtOnce) {
  std::atomic<std::size_t> running = 0;
  const StartThread start = start_while_few(/*most=*/3, running);
  for (int repeat = 0; repeat < 20; ++repeat) {
    EXPECT_TRUE(can_start_threads(0, start));
    EXPECT_TRUE(can_start_threads(3, start));
    EXPECT_FALSE(can_start_threads(4, start));
    EXPECT_EQ(running, 0U) << "all have ended";
  }
  EXPECT_TRUE(can_start_threads(5));
}

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

// Piece `failing` fails for a reason, and the others stop because of it.
std::string reported_where_others_stop(std::size_t failing, std::size_t pieces) {
  std::latch started(static_cast<std::ptrdiff_t>(pieces));
  std::latch stopped(static_cast<std::ptrdiff_t>(pieces - 1));
  try {
    parallel_for(pieces, pieces, [&](std::size_t piece, std::size_t) {
      started.arrive_and_wait();
      if (piece == failing) {
        // The others may end first: what a failing body stops, it stops before it throws.
        if (failing % 2 == 0) stopped.wait();
        throw Error(ErrorKind::kUnavailable, "the disk is gone");
      }
      stopped.count_down();
      throw Error(ErrorKind::kInterrupted, "stopped");
    });
  } catch (const Error& error) {
    return error.what();
  }
  return "nothing";
}

TEST(ParallelTest, AStopThatAFailureCausedDoesNotHideIt) {
  for (std::size_t failing = 0; failing < 4; ++failing) {
    EXPECT_EQ(reported_where_others_stop(failing, 4), "the disk is gone") << "piece " << failing;
  }
}

TEST(ParallelTest, WhatIsNoErrorOfOursIsNotHiddenEither) {
  std::latch both(2);
  EXPECT_THROW(parallel_for(2, 2,
                            [&](std::size_t piece, std::size_t) {
                              both.arrive_and_wait();
                              if (piece == 1) throw std::bad_alloc();
                              throw Error(ErrorKind::kInterrupted, "stopped");
                            }),
               std::bad_alloc);
}

TEST(ParallelTest, WhereAllAreStoppedThatIsReported) {
  std::latch both(2);
  try {
    parallel_for(2, 2, [&](std::size_t piece, std::size_t) {
      both.arrive_and_wait();
      throw Error(ErrorKind::kInterrupted, "stopped at " + std::to_string(piece));
    });
    FAIL();
  } catch (const Error& error) {
    EXPECT_EQ(error.kind(), ErrorKind::kInterrupted);
    EXPECT_STREQ(error.what(), "stopped at 0");
  }
}

// As under a limit on processes: `most` threads start, the next one does not.
StartThread start_at_most(std::size_t most) {
  return [most, started = std::size_t{0}](std::function<void()> work) mutable {
    if (started == most) {
      throw std::system_error(std::make_error_code(std::errc::resource_unavailable_try_again));
    }
    ++started;
    return std::jthread(std::move(work));
  };
}

TEST(ParallelTest, DoesAllWorkOnTheThreadsThatStart) {
  for (const std::size_t most : {0U, 1U, 2U}) {
    std::vector<std::atomic<int>> runs(37);
    std::atomic<std::size_t> last_worker = 0;
    parallel_for_on(start_at_most(most), runs.size(), 8,
                    [&](std::size_t piece, std::size_t worker) {
                      ++runs[piece];
                      if (worker > most) last_worker = worker;
                    });
    for (const auto& count : runs) EXPECT_EQ(count, 1) << most << " threads";
    EXPECT_EQ(last_worker, 0U) << "a worker that did not start";
  }
}

TEST(ParallelTest, AFailureComesThroughWithoutThreads) {
  EXPECT_THROW(parallel_for_on(start_at_most(0), 5, 8,
                               [](std::size_t, std::size_t) { throw std::runtime_error("no"); }),
               std::runtime_error);
}

}  // namespace
}  // namespace pomona
