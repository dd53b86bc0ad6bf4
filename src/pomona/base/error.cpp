// SPDX-License-Identifier: Apache-2.0
#include "pomona/base/error.h"

namespace pomona {

std::string_view error_kind_name(ErrorKind kind) {
  switch (kind) {
    case ErrorKind::kInvalidInput: return "invalid_input";
    case ErrorKind::kNotFound: return "not_found";
    case ErrorKind::kUnavailable: return "unavailable";
    case ErrorKind::kDenied: return "denied";
    case ErrorKind::kTimedOut: return "timed_out";
    case ErrorKind::kReplaced: return "replaced";
    case ErrorKind::kCorrupt: return "corrupt";
    case ErrorKind::kInterrupted: return "interrupted";
    case ErrorKind::kInternal: return "internal";
  }
  return "internal";
}

}  // namespace pomona
