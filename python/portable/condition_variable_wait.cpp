// SPDX-License-Identifier: Apache-2.0
// std::condition_variable::wait(std::unique_lock<std::mutex>&) as the headers of GCC 11 had it.
//
// GCC 12 gave this function, and no other that we use, a new symbol version (GLIBCXX_3.4.30), since
// it no longer promises to throw nothing. With a definition of our own the wheel asks libstdc++ for
// nothing newer than GCC 11's, which Amazon Linux 2023 has. A `.symver` to the old version would
// have to stand in every file that waits, whereas this is linked once. It is hidden from other
// libraries: see wheel.cmake.
#include <pthread.h>

#include <condition_variable>
#include <exception>
#include <mutex>

void std::condition_variable::wait(std::unique_lock<std::mutex>& lock) {
  // As in libstdc++, an error here is one of the program: a lock that is not held.
  if (::pthread_cond_wait(native_handle(), lock.mutex()->native_handle()) != 0) std::terminate();
}
