// SPDX-License-Identifier: Apache-2.0
// Long computations that Ctrl-C ends: they run on a thread of their own without the GIL while the
// calling thread looks for signals, so that a KeyboardInterrupt comes at once.
#pragma once

#include <functional>
#include <stop_token>

namespace pomona::python {

// Called with the GIL, which is released meanwhile; `body` must not touch Python. Throws what it
// throws. When a signal handler of Python raises, `body` is asked to stop, waited for, and the
// handler's exception is thrown. Only Python's main thread sees signals, as everywhere.
void run_interruptibly(const std::function<void(const std::stop_token& stop)>& body);

}  // namespace pomona::python
