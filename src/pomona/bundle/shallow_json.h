// SPDX-License-Identifier: Apache-2.0
// JSON from elsewhere, with a limit on its depth. Any thread.
#pragma once

#include <cstddef>
#include <string_view>

#include "pomona/base/json.h"

namespace pomona {

inline constexpr std::size_t kDeepestJson = 32;

// JSON of foreign origin: refuses (corrupt) what nests deeper than kDeepestJson, since printing
// such a value again could take any amount of stack. `what` names the text in errors.
Json parse_shallow_json(std::string_view text, std::string_view what);

}  // namespace pomona
