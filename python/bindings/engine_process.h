// SPDX-License-Identifier: Apache-2.0
// A fork has the memory of its parent, but none of its threads. What uses the engine there would
// wait for threads that do not exist, so every call that needs it asks here first.
#pragma once

#include <memory>

namespace pomona::python {

// From now on the engine belongs to this process. Throws the Python exception of "forked" where it
// belongs to a parent. Called with the GIL.
void enter_engine();

// Does the engine belong to a parent? Any thread.
bool is_forked();

// Nothing is destroyed in a fork: a destructor would wait for threads.
template <class T>
std::shared_ptr<T> kept_in_forks(std::unique_ptr<T> object) {
  return std::shared_ptr<T>(object.release(), [](T* last) {
    if (!is_forked()) delete last;
  });
}

}  // namespace pomona::python
