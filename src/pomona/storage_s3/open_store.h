// SPDX-License-Identifier: Apache-2.0
// From what a user calls a place, a folder's path or s3://bucket/prefix, to its store.
#pragma once

#include <cstdint>
#include <memory>
#include <stop_token>
#include <string>
#include <string_view>
#include <vector>

#include "pomona/storage/local_store.h"
#include "pomona/storage/object_store.h"

namespace pomona {

struct StoreOptions {
  // "http://host:port" of a service that speaks S3; "": $AWS_ENDPOINT_URL, else AWS itself.
  std::string s3_endpoint;
  // Where buckets may lie (storage_s3/regions.h); empty: anywhere. Asked of the bucket itself,
  // before the first byte of an object is read or written.
  std::vector<std::string> regions;
  std::stop_token stop;  // ends what is under way over a network with `interrupted`
};

// Throws invalid_input for a scheme other than s3 and s3a, naming what works; not_found for a
// folder or bucket that does not exist (a folder is made with kCreate, a bucket never), denied
// where there are no credentials or they do not open it.
std::shared_ptr<ObjectStore> open_store(
    const std::string& place, const StoreOptions& options,
    LocalStore::IfMissing if_missing = LocalStore::IfMissing::kThrow);

// Does the place lie in a bucket? Throws as open_store() does for other schemes.
bool is_remote(std::string_view place);

// Is one of two places the other, or inside it?
bool places_overlap(const std::string& one, const std::string& other);

// The same for every way to call one place: a folder's whole path without links, or
// "s3:/bucket/prefix".
std::string resolve_place(const std::string& place);

// The place that something lies in, and its key there: "s3://bucket/a/b" → {"s3://bucket/a", "b"},
// "/a/b/" → {"/a", "b"}. The key of a whole bucket or of the root folder is "".
struct PlaceAndKey {
  std::string place;
  std::string key;
};
PlaceAndKey split_place(const std::string& place);

// The whole of one object that a user names. Throws as open_store() and ObjectStore::read() do.
std::string read_place(const std::string& place, std::uint64_t max_bytes,
                       const StoreOptions& options);

}  // namespace pomona
