// SPDX-License-Identifier: Apache-2.0
// Lets system calls fail in tests as they do elsewhere: on other file systems, in small containers.
#pragma once

#include <linux/filter.h>
#include <linux/seccomp.h>
#include <sys/prctl.h>

#include <cstddef>
#include <functional>
#include <thread>
#include <utility>
#include <vector>

namespace pomona {

// System calls and the errors they end with.
using FailingCalls = std::vector<std::pair<unsigned, unsigned>>;

// Lets system calls fail in this thread, and in those it starts, as they do on a file system that
// does not offer them. False where the kernel does not let a test do so.
inline bool let_fail(const FailingCalls& calls) {
  std::vector<sock_filter> program = {
      BPF_STMT(BPF_LD | BPF_W | BPF_ABS, offsetof(seccomp_data, nr))};
  for (const auto& [call, error] : calls) {
    program.push_back(BPF_JUMP(BPF_JMP | BPF_JEQ | BPF_K, call, 0, 1));
    program.push_back(BPF_STMT(BPF_RET | BPF_K, SECCOMP_RET_ERRNO | error));
  }
  program.push_back(BPF_STMT(BPF_RET | BPF_K, SECCOMP_RET_ALLOW));
  const sock_fprog filter{static_cast<unsigned short>(program.size()), program.data()};
  return ::prctl(PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0) == 0 &&
         ::prctl(PR_SET_SECCOMP, SECCOMP_MODE_FILTER, &filter) == 0;
}

// Runs `action` in a thread in which `calls` fail. False where that cannot be done.
inline bool run_without(const FailingCalls& calls, const std::function<void()>& action) {
  bool possible = false;
  std::jthread([&] {
    possible = let_fail(calls);
    if (possible) action();
  }).join();
  return possible;
}

inline constexpr const char* kNoFailingCalls = "the kernel does not let a test refuse system calls";

}  // namespace pomona
