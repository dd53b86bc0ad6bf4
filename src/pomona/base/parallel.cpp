// SPDX-License-Identifier: Apache-2.0
#include "pomona/base/parallel.h"

#include <sched.h>

#include <algorithm>
#include <atomic>
#include <cmath>
#include <exception>
#include <fstream>
#include <mutex>
#include <string>
#include <thread>
#include <vector>

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

void parallel_for(std::size_t pieces, std::size_t workers,
                  const std::function<void(std::size_t, std::size_t)>& body) {
  std::atomic<std::size_t> next = 0;
  std::mutex mutex;
  std::size_t failed_piece = pieces;
  std::exception_ptr failure;

  const auto work = [&](std::size_t worker) {
    for (;;) {
      const std::size_t piece = next.fetch_add(1);
      if (piece >= pieces) return;
      try {
        body(piece, worker);
      } catch (...) {
        next.store(pieces);
        const std::lock_guard lock(mutex);
        if (piece < failed_piece) {
          failed_piece = piece;
          failure = std::current_exception();
        }
      }
    }
  };

  workers = std::clamp<std::size_t>(workers, 1, std::max<std::size_t>(pieces, 1));
  {
    std::vector<std::jthread> threads;
    threads.reserve(workers - 1);
    for (std::size_t worker = 1; worker < workers; ++worker) threads.emplace_back(work, worker);
    work(0);
  }
  if (failure) std::rethrow_exception(failure);
}

}  // namespace pomona
