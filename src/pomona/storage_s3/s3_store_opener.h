// SPDX-License-Identifier: Apache-2.0
// Opens folders and buckets. Any thread.
#pragma once

#include <memory>
#include <stop_token>
#include <string>
#include <vector>

#include "pomona/storage/store_opener.h"

namespace pomona {

struct S3StoreOptions {
  // "http://host:port" of a service that speaks S3; "": $AWS_ENDPOINT_URL, else AWS itself.
  std::string endpoint;
  // Where buckets may lie (storage_s3/regions.h); empty: anywhere. Asked of the bucket itself,
  // before the first byte of an object is read or written.
  std::vector<std::string> regions;
  std::stop_token stop;  // ends what is under way over a network with `interrupted`
};

class S3StoreOpener final : public StoreOpener {
 public:
  explicit S3StoreOpener(S3StoreOptions options) : options_(std::move(options)) {}

  std::shared_ptr<ObjectStore> open(const std::string& place, OpenMode mode = {}) const override;

 private:
  S3StoreOptions options_;
};

}  // namespace pomona
