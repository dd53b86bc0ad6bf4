// SPDX-License-Identifier: Apache-2.0
// What an earlier run left in an output folder. Other programs write a `run.json` and folders
// called `features` as well: only what carries our mark is replaced. Any thread.
#pragma once

#include <set>
#include <string>

#include "pomona/storage/object_store.h"

namespace pomona {

// Is there a run.json of ours, of whatever format: an object with "format", "pomona" and "verb", as
// every verb that writes an output folder records them?
bool has_our_record(const ObjectStore& root);

// Results of the earlier run that one which makes `made` does not replace: what its SHA256SUMS
// lists under names of ours; where that is missing or damaged, only the parts in tables that are
// made again. None without a run.json of ours. Names whole folders where nothing else lies in them.
std::set<std::string> stale_results(const std::set<std::string>& made, const ObjectStore& root);

}  // namespace pomona
