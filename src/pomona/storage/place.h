// SPDX-License-Identifier: Apache-2.0
// Names of places: a folder's path, or s3://bucket/prefix. Compares, splits and resolves names;
// opens nothing and needs no network. Any thread.
#pragma once

#include <string>
#include <string_view>

namespace pomona {

// Does the place lie in a bucket? Throws invalid_input for a scheme other than s3 and s3a, naming
// what works.
bool is_remote(std::string_view place);

// Throws invalid_input for an empty name.
void check_place(const std::string& place);

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

}  // namespace pomona
