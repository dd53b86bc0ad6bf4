// SPDX-License-Identifier: Apache-2.0
// The one table from what happened to the exit code of the process.
#pragma once

#include "pomona/base/error.h"

namespace pomona::cli {

inline constexpr int kExitOk = 0;
inline constexpr int kExitNotAllGood =
    1;  // done, but not all of it is good: verify found a problem, a photo failed
inline constexpr int kExitUsage = 2;  // the command line, or what it asks for, makes no sense

inline int exit_code(ErrorKind kind) {
  switch (kind) {
    case ErrorKind::kInvalidInput: return kExitUsage;
    case ErrorKind::kNotFound: return 3;
    case ErrorKind::kUnavailable:
    case ErrorKind::kDenied:
    case ErrorKind::kTimedOut:
    case ErrorKind::kReplaced: return 4;
    case ErrorKind::kCorrupt: return 5;
    case ErrorKind::kInterrupted: return 130;  // as a shell reports SIGINT; 143 for SIGTERM
    case ErrorKind::kInternal: return 70;
  }
  return 70;
}

inline constexpr const char* kExitCodeHelp =
    "Exit codes:\n"
    "  0    done\n"
    "  1    done, with findings: verify found a problem, a file could not be read\n"
    "  2    the command, or what it is given, makes no sense\n"
    "  3    something named does not exist\n"
    "  4    cannot be read or written now: permissions, a full disk, a network\n"
    "  5    stored data is damaged\n"
    "  70   a bug of ours\n"
    "  130  interrupted by Ctrl-C (143: by SIGTERM)";

}  // namespace pomona::cli
