// SPDX-License-Identifier: Apache-2.0
#include "pomona/base/parallel.h"

#include <sched.h>

#include <algorithm>
#include <atomic>
#include <cmath>
#include <exception>
#include <fstream>
#include <latch>
#include <mutex>
#include <string>
#include <thread>
#include <utility>
#include <vector>

#include "pomona/base/error.h"
#include "pomona/base/parallel_start.h"

namespace pomona {
namespace {

// cgroup v2 "max 100000" or "150000 100000": quota and period in microseconds.
std::size_t cores_by_quota(std::size_t cores) {
  std::ifstream file("/sys/fs/cgroup/cpu.max");
  std::string quota;
  double period = 0;
  if (!(file >> quota >> period) || quota == "max" || period <= 0) return cores;
  const double share = std::strtod(quota.c_str(), nullptr) / period;
  return std::clamp<std::size_t>(static_cast<std::size_t>(std::floor(share)), 1, cores);
}

bool is_interruption(const std::exception_ptr& failure) {
  try {
    std::rethrow_exception(failure);
  } catch (const Error& error) {
    return error.kind() == ErrorKind::kInterrupted;
  } catch (...) {
    return false;
  }
}

// Of all exceptions the one to report. Any thread.
class FirstCause {
 public:
  // The exception that is being handled.
  void add(std::size_t piece) {
    const std::exception_ptr failure = std::current_exception();
    const Rank rank(is_interruption(failure), piece);
    const std::lock_guard lock(mutex_);
    if (failure_ && rank_ < rank) return;
    rank_ = rank;
    failure_ = failure;
  }
  void rethrow() const {
    if (failure_) std::rethrow_exception(failure_);
  }

 private:
  using Rank = std::pair<bool, std::size_t>;  // interrupted or not, piece

  std::mutex mutex_;
  std::exception_ptr failure_;
  Rank rank_;
};

}  // namespace

std::size_t usable_cores() {
  cpu_set_t set;
  CPU_ZERO(&set);
  if (sched_getaffinity(0, sizeof set, &set) != 0) {
    return std::max(1U, std::thread::hardware_concurrency());
  }
  return cores_by_quota(static_cast<std::size_t>(std::max(1, CPU_COUNT(&set))));
}

std::size_t workers_or_all(std::size_t workers) { return workers == 0 ? usable_cores() : workers; }

bool can_start_threads(std::size_t count, const StartThread& start) {
  std::latch all_tried(1);
  std::vector<std::jthread> threads;
  bool is_started = true;
  try {
    threads.reserve(count);
    while (threads.size() < count) threads.push_back(start([&all_tried] { all_tried.wait(); }));
  } catch (const std::exception&) {
    is_started = false;
  }
  all_tried.count_down();
  return is_started;
}

void parallel_for_on(const StartThread& start, std::size_t pieces, std::size_t workers,
                     const std::function<void(std::size_t, std::size_t)>& body) {
  std::atomic<std::size_t> next = 0;
  FirstCause failure;
  const auto work = [&](std::size_t worker) {
    for (;;) {
      const std::size_t piece = next.fetch_add(1);
      if (piece >= pieces) return;
      try {
        body(piece, worker);
      } catch (...) {
        next.store(pieces);
        failure.add(piece);
      }
    }
  };

  workers = std::clamp<std::size_t>(workers, 1, std::max<std::size_t>(pieces, 1));
  {
    std::vector<std::jthread> threads;
    threads.reserve(workers - 1);
    try {
      for (std::size_t worker = 1; worker < workers; ++worker) {
        threads.push_back(start([&work, worker] { work(worker); }));
      }
    } catch (const std::exception&) {  // NOLINT(bugprone-empty-catch): not a failure of the work
      // A limit on processes or memory: those that have started and this one take all pieces.
    }
    work(0);
  }
  failure.rethrow();
}

void parallel_for(std::size_t pieces, std::size_t workers,
                  const std::function<void(std::size_t, std::size_t)>& body) {
  parallel_for_on(start_thread, pieces, workers, body);
}

}  // namespace pomona
