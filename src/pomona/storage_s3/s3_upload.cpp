// SPDX-License-Identifier: Apache-2.0
#include "pomona/storage_s3/s3_upload.h"

#include <exception>
#include <utility>

namespace pomona {

S3Upload::S3Upload(S3Client& client, std::string key)
    : client_(client), key_(std::move(key)), upload_id_(client.start_upload(key_)) {}

S3Upload::~S3Upload() {
  if (complete_) return;
  try {
    client_.abort_upload(key_, upload_id_);
  } catch (const std::exception&) {  // NOLINT(bugprone-empty-catch)
    // An error is under way already that tells more; `pomona clean` removes what stays.
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

}  // namespace pomona
