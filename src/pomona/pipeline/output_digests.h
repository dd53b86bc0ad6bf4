// SPDX-License-Identifier: Apache-2.0
// SHA256SUMS of an output folder: digests of every file in it, in the format of `sha256sum -c`.
#pragma once

#include <cstddef>
#include <string>

#include "pomona/storage/object_store.h"

namespace pomona {

inline constexpr const char* kDigestsKey = "SHA256SUMS";

// Of all files of the store. Reads them on `workers` threads.
void write_digests(ObjectStore& store, std::size_t workers);

// Writes the line of one file anew, after it was made again.
void renew_digest(ObjectStore& store, const std::string& key);

// Throws corrupt with what is missing, changed, or not listed although it lies among our results;
// returns a sentence on what was seen. Other files beside the results are not looked at.
std::string check_digests(const ObjectStore& store, std::size_t workers);

}  // namespace pomona
