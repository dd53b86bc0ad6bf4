// SPDX-License-Identifier: Apache-2.0
#include "pomona/storage_s3/s3_store_opener.h"

#include <cstdlib>
#include <initializer_list>
#include <utility>

#include "pomona/base/error.h"
#include "pomona/storage/place.h"
#include "pomona/storage/s3_uri.h"
#include "pomona/storage_s3/credentials.h"
#include "pomona/storage_s3/regions.h"
#include "pomona/storage_s3/s3_store.h"

namespace pomona {
namespace {

std::string environment(std::initializer_list<const char*> names) {
  for (const char* name : names) {
    if (const char* value = std::getenv(name); value != nullptr && *value != '\0') return value;
  }
  return "";
}

S3Options s3_options(const S3StoreOptions& options) {
  S3Options s3;
  s3.stop = options.stop;
  s3.endpoint = options.endpoint.empty() ? environment({"AWS_ENDPOINT_URL_S3", "AWS_ENDPOINT_URL"})
                                         : options.endpoint;
  if (s3.endpoint.find('@') != std::string::npos) {
    // Not repeated: messages end up in logs.
    throw Error(
        ErrorKind::kInvalidInput,
        "endpoint: expected http://HOST:PORT or https://HOST:PORT without user and password, "
        "here or in AWS_ENDPOINT_URL; give credentials where the AWS tools find them "
        "(AWS_PROFILE, AWS_ACCESS_KEY_ID, …)");
  }
  while (s3.endpoint.ends_with('/')) s3.endpoint.pop_back();
  if (!s3.endpoint.empty() && !s3.endpoint.starts_with("http://") &&
      !s3.endpoint.starts_with("https://")) {
    throw Error(ErrorKind::kInvalidInput,
                "endpoint '" + s3.endpoint + "': expected http://HOST:PORT or https://HOST:PORT");
  }
  if (const std::string region = environment({"AWS_REGION", "AWS_DEFAULT_REGION"});
      !region.empty()) {
    s3.region = region;
  }
  return s3;
}

}  // namespace

std::shared_ptr<ObjectStore> S3StoreOpener::open(const std::string& place, OpenMode mode) const {
  check_place(place);
  if (!is_remote(place)) return local_store_opener()->open(place, mode);
  const S3Uri uri = parse_s3_uri(place);
  S3Options s3 = s3_options(options_);
  if (!mode.stoppable) s3.stop = {};
  auto client = std::make_shared<S3Client>(std::move(s3), uri.bucket, default_s3_credentials());
  check_region(place, client->check_bucket(), options_.regions);
  return std::make_shared<S3Store>(std::move(client), uri.prefix);
}

}  // namespace pomona
