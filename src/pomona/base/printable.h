// SPDX-License-Identifier: Apache-2.0
// Names are foreign: one may hold what moves a terminal's cursor or rings its bell. Any thread.
#pragma once

#include <string>
#include <string_view>

namespace pomona {

// UTF-8 text with control characters (U+0000 to U+001F, U+007F to U+009F) as \xNN.
std::string printable(std::string_view text);

}  // namespace pomona
