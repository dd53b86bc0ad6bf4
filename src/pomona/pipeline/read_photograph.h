// SPDX-License-Identifier: Apache-2.0
// Reading the bytes of a photograph, and what it is called when that fails.
#pragma once

#include <cstdint>
#include <string>

#include "pomona/base/error.h"

namespace pomona {

inline constexpr std::uint64_t kMaxPhotographBytes = 256ULL << 20U;

// The kind, as in failures.csv, of what a store throws or lists as not readable: "gone", "denied",
// "timed_out", "replaced", "too_large" or "unreadable".
std::string read_failure_kind(ErrorKind kind);

}  // namespace pomona
