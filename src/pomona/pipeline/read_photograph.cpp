// SPDX-License-Identifier: Apache-2.0
#include "pomona/pipeline/read_photograph.h"

namespace pomona {

std::string read_failure_kind(const Error& error) {
  switch (error.kind()) {
    case ErrorKind::kNotFound: return "gone";
    case ErrorKind::kInvalidInput: return "too_large";
    default: return "unreadable";
  }
}

}  // namespace pomona
