// SPDX-License-Identifier: Apache-2.0
#include "pomona/storage_s3/credentials.h"

#include <arrow/filesystem/s3fs.h>

#include <chrono>
#include <cstdlib>
#include <memory>
#include <mutex>

#include "pomona/base/error.h"

namespace pomona {
namespace {

// The chain asks files and services; once in so long is often enough, and well before the SDK's own
// margin of five minutes before an expiry.
constexpr std::chrono::seconds kFresh{60};

void start_sdk() {
  static std::once_flag once;
  std::call_once(once, [] {
    arrow::fs::S3GlobalOptions options = arrow::fs::S3GlobalOptions::Defaults();
    options.log_level = arrow::fs::S3LogLevel::Off;
    if (!arrow::fs::InitializeS3(options).ok()) {
      throw Error(ErrorKind::kInternal, "starting the AWS SDK for its credentials failed");
    }
    // Left running, it would crash when the process ends.
    std::atexit([] { (void)arrow::fs::FinalizeS3(); });
  });
}

class Chain {
 public:
  S3Credentials get(bool renew) {
    using Clock = std::chrono::steady_clock;
    const std::lock_guard lock(mutex_);
    if (renew || credentials_.access_key_id.empty() || Clock::now() - asked_ > kFresh) {
      if (options_ == nullptr || renew) {
        start_sdk();
        options_ = std::make_unique<arrow::fs::S3Options>(arrow::fs::S3Options::Defaults());
      }
      credentials_ = {options_->GetAccessKey(), options_->GetSecretKey(),
                      options_->GetSessionToken()};
      asked_ = Clock::now();
    }
    if (credentials_.access_key_id.empty()) {
      throw Error(ErrorKind::kDenied,
                  "looking for S3 credentials: none in the environment (AWS_ACCESS_KEY_ID), in the "
                  "profile (AWS_PROFILE, ~/.aws), nor from the machine; give them in one of these "
                  "ways");
    }
    return credentials_;
  }

 private:
  std::mutex mutex_;
  std::unique_ptr<arrow::fs::S3Options> options_;
  S3Credentials credentials_;
  std::chrono::steady_clock::time_point asked_;
};

}  // namespace

S3CredentialsSource default_s3_credentials() {
  return [chain = std::make_shared<Chain>()](bool renew) { return chain->get(renew); };
}

}  // namespace pomona
