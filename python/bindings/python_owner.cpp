// SPDX-License-Identifier: Apache-2.0
#include "python_owner.h"

#include <nanobind/nanobind.h>

#include <atomic>
#include <chrono>
#include <memory>
#include <thread>

namespace nb = nanobind;

namespace pomona::python {
namespace {

// Until Python 3.15 a thread that asks for the GIL of an ending interpreter is ended itself, in the
// middle of whichever library it is in. So nobody asks once `ended` is set, and the interpreter
// waits for those who asked before.
std::atomic<bool> ended{false};
std::atomic<int> releasing{0};

void drop(PyObject* object) {
  ++releasing;
  if (!ended) {
    const nb::gil_scoped_acquire acquired;
    if (acquired.is_valid()) Py_DECREF(object);
  }
  --releasing;
}

void await_drops() {
  ended = true;
  const nb::gil_scoped_release released;
  while (releasing > 0) std::this_thread::sleep_for(std::chrono::milliseconds(1));
}

}  // namespace

std::shared_ptr<const void> python_owner(nb::handle object) {
  Py_INCREF(object.ptr());
  // The deleter is called even where the control block cannot be allocated.
  return {object.ptr(), drop};
}

void watch_interpreter_end(nb::module_& module) {
  module.def("_await_drops", &await_drops);
  nb::module_::import_("atexit").attr("register")(module.attr("_await_drops"));
}

}  // namespace pomona::python
