// SPDX-License-Identifier: Apache-2.0
#include "interruptible.h"

#include <nanobind/nanobind.h>

#include <chrono>
#include <future>
#include <thread>
#include <utility>

namespace nb = nanobind;

namespace pomona::python {
namespace {

constexpr auto kLookForSignals = std::chrono::milliseconds(20);

}  // namespace

void run_interruptibly(const std::function<void(const std::stop_token& stop)>& body) {
  std::stop_source stop;
  std::packaged_task<void()> task([&] { body(stop.get_token()); });
  std::future<void> done = task.get_future();
  std::jthread thread(std::move(task));
  bool interrupted = false;
  while (true) {
    bool ready = false;
    {
      const nb::gil_scoped_release released;
      ready = done.wait_for(kLookForSignals) == std::future_status::ready;
    }
    if (ready) break;
    if (!interrupted && PyErr_CheckSignals() != 0) {
      interrupted = true;
      stop.request_stop();
    }
  }
  if (interrupted) throw nb::python_error();
  done.get();
}

}  // namespace pomona::python
