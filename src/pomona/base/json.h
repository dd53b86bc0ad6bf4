// SPDX-License-Identifier: Apache-2.0
// The JSON value used throughout, with keys in the order they were added so that files are stable.
// base owns the JSON library; other modules reach it through this header and include it in sources.
// Any thread.
#pragma once

#include <nlohmann/json.hpp>
#include <string>
#include <string_view>

#include "pomona/base/error.h"

namespace pomona {

using Json = nlohmann::ordered_json;

// `what` names the text in the error: throws Error{corrupt} when it is not JSON.
Json parse_json(std::string_view text, std::string_view what);

// Two-space indented, newline at the end, bytes that are not UTF-8 replaced.
std::string print_json(const Json& value);

// Reads what another program, or another version of this one, may have written: throws
// Error{corrupt} with what was expected and found. `where` names the text, as in "run.json".
const Json& member_of(const Json& object, std::string_view name, std::string_view where);

// The same for a value of a type: bool, int, std::uint64_t, double, std::string or
// std::vector<std::string>. An integer is written as one and fits its type.
template <class T>
T read_member(const Json& object, std::string_view name, std::string_view where);
// Of a value that stands at `name`.
template <class T>
T read_value(const Json& value, std::string_view name, std::string_view where);

// Of a T that `parse` makes something of; what it refuses as invalid_input is corrupt here.
template <class T, class Parse>
auto parse_member(const Json& object, std::string_view name, std::string_view where,
                  const Parse& parse) {
  const T value = read_member<T>(object, name, where);
  try {
    return parse(value);
  } catch (const Error& error) {
    if (error.kind() != ErrorKind::kInvalidInput) throw;
    throw Error(ErrorKind::kCorrupt,
                "reading " + std::string(where) + ": '" + std::string(name) + "': " + error.what());
  }
}

}  // namespace pomona
