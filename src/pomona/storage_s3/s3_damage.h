// SPDX-License-Identifier: Apache-2.0
// What is wrong with an answer of status 2xx: whether its headers and its body are what S3 sends,
// and fit each other. "" is nothing; other texts continue "reading s3://bucket/key: ". Pure; any
// thread.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

#include "pomona/storage_s3/s3_client.h"

namespace pomona {

// The header Range for `count` bytes from `first` on.
std::string byte_range(std::uint64_t first, std::uint64_t count);

// Of what GetObject answers: the body is what was asked for, as far as its size shows.
std::string damage_of_content(const HttpAnswer& answer, const S3GetOptions& options,
                              std::string_view body);
// What the answer states about the content of a whole object, and what the body has.
struct ContentDigest {
  std::string stored;  // "": nothing
  std::string found;
  bool is_etag = false;  // and so only looks like an MD5
  const char* name = "MD5";
};
ContentDigest digest_of_content(const HttpAnswer& answer, std::string_view body);
// Of what GetObject answers when asked for the last `count` bytes.
std::string damage_of_tail(const HttpAnswer& answer, std::uint64_t count, std::string_view body);

// How large the object is of which `answer` holds `body_size` bytes; for an answer without damage.
std::uint64_t object_size(const HttpAnswer& answer, std::size_t body_size);
// The same of an answer of status 416, which holds none of them; nullopt where it says no number.
std::optional<std::uint64_t> size_out_of_range(const HttpAnswer& answer);
// What Content-Length says, 0 where there is none; nullopt where it is no number.
std::optional<std::uint64_t> announced_size(const HttpAnswer& answer);

// Does all that a page names lie below `prefix`, folders deeper than this?
bool lies_below(const S3ListPage& page, std::string_view prefix);

// Quotes aside: some services send none.
bool is_same_etag(std::string_view one, std::string_view other);

}  // namespace pomona
