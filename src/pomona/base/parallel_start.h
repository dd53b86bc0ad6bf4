// SPDX-License-Identifier: Apache-2.0
// How threads are started, by whoever starts several, and parallel_for() on threads started so.
// Tests replace the start, to see what happens where the system gives no more threads. Any thread.
#pragma once

#include <cstddef>
#include <functional>
#include <thread>
#include <utility>

#include "pomona/base/parallel.h"

namespace pomona {

// Throws where no thread can be started, as std::jthread does.
using StartThread = std::function<std::jthread(std::function<void()> work)>;
inline std::jthread start_thread(std::function<void()> work) {
  return std::jthread(std::move(work));
}

// Does the system start so many threads beside those that run? For libraries that hang, or end the
// process, where it starts only some of theirs.
bool can_start_threads(std::size_t count, const StartThread& start = start_thread);

void parallel_for_on(const StartThread& start, std::size_t pieces, std::size_t workers,
                     const std::function<void(std::size_t piece, std::size_t worker)>& body);

}  // namespace pomona
