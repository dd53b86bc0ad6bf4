// SPDX-License-Identifier: Apache-2.0
#include "pomona/storage/read_failure.h"

namespace pomona {

std::string read_failure_kind(ErrorKind kind) {
  switch (kind) {
    case ErrorKind::kNotFound: return "gone";
    case ErrorKind::kInvalidInput: return "too_large";
    case ErrorKind::kDenied: return "denied";
    case ErrorKind::kTimedOut: return "timed_out";
    case ErrorKind::kReplaced: return "replaced";
    default: return "unreadable";
  }
}

}  // namespace pomona
