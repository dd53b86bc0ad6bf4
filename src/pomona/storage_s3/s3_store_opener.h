// SPDX-License-Identifier: Apache-2.0
// Opens folders and buckets. Any thread.
#pragma once

#include <memory>
#include <stop_token>
#include <string>
#include <utility>
#include <vector>

#include "pomona/storage/store_opener.h"

namespace pomona {

// What is not said here is read where the AWS tools read it (storage_s3/aws_configuration.h).
struct S3StoreOptions {
  // "http://host:port/path" of a service that speaks S3; "": as the AWS tools are told, else AWS
  // itself.
  std::string endpoint;
  // Where buckets may lie (storage_s3/regions.h); empty: anywhere. Asked of the bucket itself,
  // before the first byte of an object is read or written.
  std::vector<std::string> regions;
  // Off: the service has no conditional writes. Two runs that begin at one moment in one place then
  // may not notice each other (docs/reliability.md).
  bool conditional_writes = true;
  bool requester_pays = false;  // agree to pay for requests to buckets whose owner does not
  bool sign_requests = true;    // off: read public buckets without credentials
  std::stop_token stop;         // ends what is under way over a network with `interrupted`

  // Throws invalid_input for what is no endpoint.
  void check() const;
};

class S3StoreOpener final : public StoreOpener {
 public:
  explicit S3StoreOpener(S3StoreOptions options) : options_(std::move(options)) {}

  std::shared_ptr<ObjectStore> open(const std::string& place, OpenMode mode = {}) const override;

 private:
  S3StoreOptions options_;
};

}  // namespace pomona
