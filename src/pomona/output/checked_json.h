// SPDX-License-Identifier: Apache-2.0
// A JSON object on disk with a digest of itself in front, so that no byte of it changes unnoticed:
// for what a run reads back of its own work. Any thread.
#pragma once

#include <optional>
#include <string>
#include <string_view>

#include "pomona/base/json.h"
#include "pomona/storage/object_store.h"

namespace pomona {

std::string print_checked_json(const Json& value);
// None when a byte is not as it was printed.
std::optional<Json> parse_checked_json(std::string_view text);

// None when there is no such object; a damaged one is none as well.
std::optional<Json> read_checked_json(const ObjectStore& store, std::string_view key);

}  // namespace pomona
