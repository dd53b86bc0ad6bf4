// SPDX-License-Identifier: Apache-2.0
// The JSON value used throughout, with keys in the order they were added so that files are stable.
// base owns the JSON library; other modules reach it through this header and include it in sources.
#pragma once

#include <nlohmann/json.hpp>
#include <string>
#include <string_view>

namespace pomona {

using Json = nlohmann::ordered_json;

// `what` names the text in the error: throws Error{corrupt} when it is not JSON.
Json parse_json(std::string_view text, std::string_view what);

// Two-space indented, newline at the end, bytes that are not UTF-8 replaced.
std::string print_json(const Json& value);

}  // namespace pomona
