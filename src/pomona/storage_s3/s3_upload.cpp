// SPDX-License-Identifier: Apache-2.0
#include "pomona/storage_s3/s3_upload.h"

#include <algorithm>
#include <exception>
#include <utility>

namespace pomona {
namespace {

constexpr std::uint64_t kMostParts = 10'000;

}  // namespace

S3Upload::S3Upload(S3Client& client, std::string key)
    : client_(client), key_(std::move(key)), upload_id_(client.start_upload(key_)) {}

S3Upload::~S3Upload() {
  if (complete_) return;
  try {
    client_.abort_upload(key_, upload_id_);
  } catch (const std::exception&) {  // NOLINT(bugprone-empty-catch)
    // An error is under way already that explains more; `pomona clean` removes what stays.
  }
}

void S3Upload::add(std::string_view part) {
  etags_.push_back(client_.upload_part(key_, upload_id_, next_number(), part));
}

void S3Upload::add_copy(const std::string& from, const std::string& etag, std::uint64_t first,
                        std::uint64_t count) {
  etags_.push_back(client_.copy_part({from, etag, first, count}, key_, upload_id_, next_number()));
}

void S3Upload::complete() {
  client_.complete_upload(key_, upload_id_, etags_);
  complete_ = true;
}

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
