// SPDX-License-Identifier: Apache-2.0
// File names are bytes; keys are UTF-8. The way there and back loses nothing. Any thread.
#pragma once

#include <string>
#include <string_view>

namespace pomona {

// Bytes that are no part of valid UTF-8 become %XX (upper-case); so does a '%' that would otherwise
// read as such an escape. Everything else stays: "100%.jpg" is its own key.
std::string key_from_name(std::string_view name);
std::string name_from_key(std::string_view key);

// RFC 3629: no overlong forms, no surrogates, nothing above U+10FFFF.
bool is_utf8(std::string_view text);

// Throws invalid_input unless `key` is one that a store may have: see object_store.h. The message
// begins with `action`, as in "reading".
void check_key(std::string_view key, std::string_view action);

// The same for both ends of a move, and for a folder that would be moved into itself.
void check_move(std::string_view from, std::string_view to);

// The folder an object lies in: "a/Banana/1.jpg" → "Banana"; "" at the root.
std::string_view parent_name(std::string_view key);
// "a/Banana/1.jpg" → "1.jpg".
std::string_view file_name(std::string_view key);
// Does the object lie in the folder or in one below it? Everything lies in "".
bool is_below(std::string_view key, std::string_view folder);

}  // namespace pomona
