// SPDX-License-Identifier: Apache-2.0
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

}  // namespace pomona
