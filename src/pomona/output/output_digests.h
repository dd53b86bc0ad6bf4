// SPDX-License-Identifier: Apache-2.0
// SHA256SUMS of an output folder: digests of every file in it, in the format of `sha256sum -c`.
#pragma once

#include <cstddef>
#include <map>
#include <string>
#include <vector>

#include "pomona/storage/object_store.h"

namespace pomona {

inline constexpr const char* kDigestsKey = "SHA256SUMS";

using Digests = std::map<std::string, std::string>;  // by key

// Of the files of one folder of a store. Reads them on `workers` threads.
Digests digests_below(const ObjectStore& store, const std::string& folder, std::size_t workers);

// Of all results in the store, which are read on `workers` threads, and of `others`, which come to
// stand beside them.
void write_digests(ObjectStore& store, Digests others, std::size_t workers);

// As write_digests() left them. Throws not_found, or corrupt for a line of another shape.
Digests read_digests(const ObjectStore& store);

// Writes the line of one file anew, after it was made again.
void renew_digest(ObjectStore& store, const std::string& key);

// Throws corrupt with what is missing, changed, or not listed although it lies among our results;
// returns a sentence on what was seen. Other files beside the results are not looked at.
std::string check_digests(const ObjectStore& store, std::size_t workers);

// The same for some of the tables alone.
void check_table_digests(const ObjectStore& store, const std::vector<std::string>& tables,
                         std::size_t workers);

}  // namespace pomona
