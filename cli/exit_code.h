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
    case ErrorKind::kUnavailable: return 4;
    case ErrorKind::kCorrupt: return 5;
    case ErrorKind::kInterrupted: return 130;  // as a shell reports SIGINT
    case ErrorKind::kInternal: return 70;
  }
  return 70;
}

inline constexpr const char* kExitCodeHelp =
    "Exit codes: 0 done; 1 done, but something found wrong (verify, predict); 2 the command or its "
    "input makes no "
    "sense; 3 not found; 4 not readable or writable now (permissions, full disk); 5 stored data is "
    "damaged; "
    "70 a bug of ours; 130 interrupted.";

}  // namespace pomona::cli
