// SPDX-License-Identifier: Apache-2.0
// File names are bytes; keys are UTF-8. The way there and back loses nothing.
#pragma once

#include <string>
#include <string_view>

namespace pomona {

// Bytes that are no part of valid UTF-8 become %XX (upper-case); so does a '%' that would otherwise
// read as such an escape. Everything else stays: "100%.jpg" is its own key.
std::string key_from_name(std::string_view name);
std::string name_from_key(std::string_view key);

// The folder an object lies in: "a/Banana/1.jpg" → "Banana"; "" at the root.
std::string_view parent_name(std::string_view key);
// "a/Banana/1.jpg" → "1.jpg".
std::string_view file_name(std::string_view key);

}  // namespace pomona
