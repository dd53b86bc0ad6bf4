// SPDX-License-Identifier: Apache-2.0
#include "pomona/storage_s3/s3_copy.h"

#include <algorithm>

#include "pomona/storage_s3/s3_upload.h"

namespace pomona {
namespace {

constexpr std::uint64_t kMostParts = 10'000;

}  // namespace

void copy_s3_object(S3Client& client, const std::string& from, const S3ObjectInfo& object,
                    const std::string& to, std::uint64_t part_bytes) {
  if (object.bytes <= part_bytes) {
    client.copy(from, object.etag, to);
    return;
  }
  const std::uint64_t step = std::max(part_bytes, object.bytes / kMostParts + 1);
  S3Upload upload(client, to);
  for (std::uint64_t first = 0; first < object.bytes; first += step) {
    upload.add_copy(from, object.etag, first, std::min(step, object.bytes - first));
  }
  upload.complete();
}

}  // namespace pomona
