// SPDX-License-Identifier: Apache-2.0
// What it is called when the bytes of a photograph cannot be read. Any thread.
#pragma once

#include <string>

#include "pomona/base/error.h"

namespace pomona {

// The kind, as in failures.csv, of what a store throws or lists as not readable: "gone", "denied",
// "timed_out", "replaced", "too_large" or "unreadable".
std::string read_failure_kind(ErrorKind kind);

}  // namespace pomona
