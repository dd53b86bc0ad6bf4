// SPDX-License-Identifier: Apache-2.0
// Threads for work that is cut into numbered pieces. What a piece computes must not depend on which
// thread runs it; whoever combines pieces does so in their order. That is what keeps results the
// same for any number of workers. Any thread.
#pragma once

#include <cstddef>
#include <functional>

namespace pomona {

// Number of processors this process may run on (affinity and cgroup quota respected), at least 1.
std::size_t usable_cores();
// `workers` as an option gives it: 0 stands for all usable cores.
std::size_t workers_or_all(std::size_t workers);

// Runs body(piece, worker) for every piece in [0, pieces), pieces taken in order by `workers`
// threads, worker in [0, workers); with one worker on the calling thread. Where the system gives
// fewer threads, these do the work, the calling thread at least. Returns when all are done.
//
// When bodies throw, no new piece starts and the exception of the lowest such piece is rethrown. An
// Error of kind interrupted is rethrown only where every exception is one: a body that fails may
// stop the others, and what they throw then must not hide why.
void parallel_for(std::size_t pieces, std::size_t workers,
                  const std::function<void(std::size_t piece, std::size_t worker)>& body);

}  // namespace pomona
