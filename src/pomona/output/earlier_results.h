// SPDX-License-Identifier: Apache-2.0
// What an earlier run left in an output folder. Other programs write a `run.json` and folders
// called `features` as well: only what carries our mark is replaced. Any thread.
#pragma once

#include <set>
#include <string>
#include <string_view>

#include "pomona/base/json.h"
#include "pomona/storage/object_store.h"

namespace pomona {

// Of run.json. Keys that change their name or meaning make another number.
inline constexpr int kRunFormat = 2;

// Of the text of run.json, an object; `where` names it. Throws invalid_input for the format of
// another version, corrupt for what is no JSON object. One without a format is of another program:
// its readers miss what they need.
Json parse_run_record(std::string_view text, std::string_view where);

// Is there a run.json of ours, of whatever format: an object with "format", "pomona" and "verb", as
// every verb that writes an output folder records them?
bool has_our_record(const ObjectStore& root);

// Results of the earlier run that one which makes `made` does not replace: what its SHA256SUMS
// lists under names of ours; where that is missing or damaged, only the parts in tables that are
// made again. None without a run.json of ours. Names whole folders where nothing else lies in them.
std::set<std::string> stale_results(const std::set<std::string>& made, const ObjectStore& root);

}  // namespace pomona
