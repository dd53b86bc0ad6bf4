// SPDX-License-Identifier: Apache-2.0
// s3://bucket/prefix, the name of a place in an object store; s3a:// means the same. Any thread.
#pragma once

#include <string>
#include <string_view>

namespace pomona {

struct S3Uri {
  std::string bucket;
  std::string prefix;  // a key without '/' at either end; "" for the whole bucket
};

// "s3://…" or "s3a://…"?
bool is_s3_uri(std::string_view text);

// Throws invalid_input unless the bucket's name is one that S3 allows (3 to 63 lower-case letters,
// digits, '.' and '-', a letter or digit at both ends) and the prefix is a key (storage/key.h).
S3Uri parse_s3_uri(std::string_view text);

}  // namespace pomona
