// SPDX-License-Identifier: Apache-2.0
#include "interpreter_end.h"

#include <nanobind/nanobind.h>

#include <atomic>
#include <chrono>
#include <thread>

namespace nb = nanobind;

namespace pomona::python {
namespace {

// Nobody but the thread that ends the interpreter asks for the GIL once `ended` is set, and that
// one waits for those who asked before.
std::atomic<bool> ended{false};
std::atomic<std::thread::id> ender{};
std::atomic<int> asking{0};

// False: the caller does not ask for the GIL. True: it may, and calls done_asking() afterwards.
bool may_ask() {
  ++asking;
  if (!ended || ender.load() == std::this_thread::get_id()) return true;
  --asking;
  return false;
}

void done_asking() { --asking; }

void end() {
  ender = std::this_thread::get_id();
  ended = true;
  PyThreadState* state = PyEval_SaveThread();
  while (asking > 0) std::this_thread::sleep_for(std::chrono::milliseconds(1));
  PyEval_RestoreThread(state);
}

}  // namespace

void watch_interpreter_end(nb::module_& module) {
  module.def("_await_threads", &end);
  nb::module_::import_("atexit").attr("register")(module.attr("_await_threads"));
}

GilReleased::GilReleased() : state_(PyEval_SaveThread()) {}

GilReleased::~GilReleased() {
  while (!may_ask()) std::this_thread::sleep_for(std::chrono::hours(1));
  PyEval_RestoreThread(static_cast<PyThreadState*>(state_));
  done_asking();
}

GilTaken::GilTaken() : taken_(may_ask()) {
  if (taken_) state_ = PyGILState_Ensure();
}

GilTaken::~GilTaken() {
  if (!taken_) return;
  PyGILState_Release(static_cast<PyGILState_STATE>(state_));
  done_asking();
}

}  // namespace pomona::python
