// SPDX-License-Identifier: Apache-2.0
// An S3 server of one's own on the loopback address, for tests. Its objects are files below a
// folder that goes with it. One thread starts and ends it; its endpoint and clients are for any
// thread.
#pragma once

#include <sys/types.h>

#include <memory>
#include <string>

#include "pomona/storage_s3/s3_client.h"

namespace pomona {

class S3TestServer {
 public:
  // Why there can be none here, "" when there can.
  static std::string missing();

  // Starts it; it has one empty bucket, "fruits".
  S3TestServer();
  ~S3TestServer();
  S3TestServer(const S3TestServer&) = delete;
  S3TestServer& operator=(const S3TestServer&) = delete;

  const std::string& endpoint() const { return endpoint_; }
  static S3Credentials credentials();
  // A client of the bucket.
  std::shared_ptr<S3Client> client() const;

 private:
  std::string folder_;
  std::string endpoint_;
  pid_t process_ = -1;
};

}  // namespace pomona
