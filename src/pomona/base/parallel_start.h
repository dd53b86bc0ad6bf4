// SPDX-License-Identifier: Apache-2.0
// parallel_for() on threads that the caller starts: for parallel.cpp, and for tests of what happens
// where the system gives no more threads. Any thread.
#pragma once

#include <cstddef>
#include <functional>
#include <thread>

#include "pomona/base/parallel.h"

namespace pomona {

// Throws where no thread can be started, as std::jthread does.
using StartThread = std::function<std::jthread(std::function<void()> work)>;

void parallel_for_on(const StartThread& start, std::size_t pieces, std::size_t workers,
                     const std::function<void(std::size_t piece, std::size_t worker)>& body);

}  // namespace pomona
