// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <string>

#include "pomona/storage_s3/s3_client.h"

namespace pomona {

// The most that one request copies: S3 takes 5 GB, but answers only when all is copied.
inline constexpr std::uint64_t kCopyPartBytes = 256ULL << 20U;

// Copies `object`, as it was when it was looked at, within the bucket; by parts where it is larger
// than `part_bytes`, and those are given up unless all are copied. Throws replaced when it has
// changed.
void copy_s3_object(S3Client& client, const std::string& from, const S3ObjectInfo& object,
                    const std::string& to, std::uint64_t part_bytes = kCopyPartBytes);

}  // namespace pomona
