// SPDX-License-Identifier: Apache-2.0
// How long work ends early when its caller asks: it looks at the caller's token between two pieces.
// Any thread.
#pragma once

#include <stop_token>

namespace pomona {

// Throws Error{interrupted} when `stop` was asked to stop. Any thread.
void throw_if_stopped(const std::stop_token& stop);

}  // namespace pomona
