// SPDX-License-Identifier: Apache-2.0
// The GIL, given up and taken so that no thread asks for it once the interpreter ends: until Python
// 3.14 such a thread is ended in the middle of whichever library it is in, and C++ then aborts the
// process. Any thread.
#pragma once

namespace nanobind {
class module_;
}

namespace pomona::python {

// Once, when the module is loaded and with the GIL: has the interpreter say when it ends.
void watch_interpreter_end(nanobind::module_& module);

// A scope that gives up the GIL, which the caller has. It takes the GIL back at its end; in an
// interpreter that ends, a daemon thread stays there instead, until the process is gone.
class GilReleased {
 public:
  GilReleased();
  ~GilReleased();
  GilReleased(const GilReleased&) = delete;
  GilReleased& operator=(const GilReleased&) = delete;

 private:
  void* state_;
};

// A scope that has the GIL, whether the caller has it already or not; or, in an interpreter that
// ends, one that has not and calls nothing of Python.
class GilTaken {
 public:
  GilTaken();
  ~GilTaken();
  GilTaken(const GilTaken&) = delete;
  GilTaken& operator=(const GilTaken&) = delete;
  explicit operator bool() const { return taken_; }

 private:
  bool taken_;
  int state_ = 0;
};

}  // namespace pomona::python
