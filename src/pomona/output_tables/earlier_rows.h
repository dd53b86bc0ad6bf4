// SPDX-License-Identifier: Apache-2.0
// Which rows of a manifest an earlier output knows already. Each call is for one thread.
#pragma once

#include <cstddef>
#include <string>

#include "pomona/extract/extract.h"
#include "pomona/extract/known_rows.h"
#include "pomona/output_tables/finished_shards.h"
#include "pomona/storage/store_opener.h"

namespace pomona {

// What was listed now.
struct Listing {
  const Manifest& manifest;
  bool two_roots = false;  // there is a test set given apart
};

// Adds the photographs of the complete output `place` that are the same as in the listing: by path,
// size and version, or, where `known` goes by hash, by path and size for now. With `previews`
// only those whose preview is there where one is needed; returns how many lack it. Throws
// invalid_input when their features were made otherwise than `setup` would, corrupt when the output
// is damaged.
std::size_t add_rows_of_output(const std::string& place, const StoreOpener& stores,
                               const Listing& listing, const ExtractSetup& setup, bool previews,
                               KnownRows& known);

// Takes the photographs that could be read out of a finished shard, so that the others are read
// again.
void reopen_shard(FinishedShards& shards, std::size_t shard, KnownRows& known);

}  // namespace pomona
