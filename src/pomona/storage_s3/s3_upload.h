// SPDX-License-Identifier: Apache-2.0
// Uploads in parts, and copies of objects of any size, in a bucket. An upload is used by one thread
// at a time; functions: any thread.
#pragma once

#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "pomona/storage_s3/s3_client.h"

namespace pomona {

// An object that is made of parts. Destroyed without complete() it is aborted, so that nothing
// stays that is paid for and seen by nobody. Used by one thread.
class S3Upload {
 public:
  // The client outlives it.
  S3Upload(S3Client& client, std::string key);
  ~S3Upload();
  S3Upload(const S3Upload&) = delete;
  S3Upload& operator=(const S3Upload&) = delete;

  std::size_t parts() const { return etags_.size(); }
  // All parts but the last have at least 5 MiB.
  void add(std::string_view part);
  void add_copy(const std::string& from, const std::string& etag, std::uint64_t first,
                std::uint64_t count);
  void complete();

 private:
  int next_number() const { return static_cast<int>(etags_.size()) + 1; }

  S3Client& client_;
  std::string key_;
  std::string upload_id_;
  std::vector<std::string> etags_;
  bool complete_ = false;
};

// The most that one request copies: S3 takes 5 GB, but answers only when all is copied.
inline constexpr std::uint64_t kCopyPartBytes = 256ULL << 20U;

// Copies `object`, as it was when it was looked at, within the bucket; by parts where it is larger
// than `part_bytes`, and those are given up unless all are copied. Throws replaced when it has
// changed. Any thread.
void copy_s3_object(S3Client& client, const std::string& from, const S3ObjectInfo& object,
                    const std::string& to, std::uint64_t part_bytes = kCopyPartBytes);

}  // namespace pomona
