// SPDX-License-Identifier: Apache-2.0
#include "pomona/storage_s3/s3_store_opener.h"

#include <filesystem>
#include <fstream>
#include <string_view>

#include "pomona/base/error.h"
#include "pomona/storage/place.h"
#include "pomona/storage/s3_uri.h"
#include "pomona/storage_s3/aws_configuration.h"
#include "pomona/storage_s3/credentials.h"
#include "pomona/storage_s3/regions.h"
#include "pomona/storage_s3/s3_store.h"

namespace pomona {
namespace {

// `origin`: the field, variable or profile that says it.
void check_endpoint(const std::string& endpoint, const std::string& origin) {
  constexpr const char* kExpected = "expected http://HOST:PORT/PATH or https://HOST:PORT/PATH";
  if (endpoint.find('@') != std::string::npos) {
    // Not repeated: messages end up in logs.
    throw Error(ErrorKind::kInvalidInput,
                origin + ": " + kExpected +
                    " without user and password; give credentials where the AWS tools find them "
                    "(AWS_PROFILE, AWS_ACCESS_KEY_ID, …)");
  }
  const std::size_t scheme = endpoint.find("://");
  const bool is_url = (endpoint.starts_with("http://") || endpoint.starts_with("https://")) &&
                      endpoint.find_first_of("?# \t\r\n") == std::string::npos &&
                      endpoint.find_first_not_of('/', scheme + 3) == scheme + 3;
  if (is_url) return;
  throw Error(ErrorKind::kInvalidInput, origin + ": " + kExpected + ", found '" + endpoint + "'");
}

void check_certificates(const AwsSetting& certificates) {
  std::error_code none;
  if (certificates.value.empty() || std::filesystem::is_directory(certificates.value, none) ||
      std::ifstream(certificates.value).good()) {
    return;
  }
  throw Error(ErrorKind::kInvalidInput,
              "reading the certificates that " + certificates.origin + " names, '" +
                  certificates.value +
                  "': no such file, or not readable; expected a file in PEM "
                  "form");
}

S3Options s3_options(const S3StoreOptions& options) {
  const AwsConfiguration aws = read_aws_configuration(process_environment());
  check_certificates(aws.certificates);
  S3Options s3;
  s3.stop = options.stop;
  s3.endpoint = options.endpoint;
  if (s3.endpoint.empty() && !aws.endpoint.value.empty()) {
    check_endpoint(aws.endpoint.value, "reading the S3 endpoint of " + aws.endpoint.origin);
    s3.endpoint = aws.endpoint.value;
  }
  while (s3.endpoint.ends_with('/')) s3.endpoint.pop_back();
  if (!aws.region.value.empty()) s3.region = aws.region.value;
  s3.virtual_host = aws.virtual_host;
  s3.certificates = aws.certificates.value;
  s3.sign_requests = options.sign_requests;
  s3.requester_pays = options.requester_pays;
  s3.conditional_writes = options.conditional_writes;
  return s3;
}

}  // namespace

void S3StoreOptions::check() const {
  if (!endpoint.empty()) check_endpoint(endpoint, "endpoint");
}

std::shared_ptr<ObjectStore> S3StoreOpener::open(const std::string& place, OpenMode mode) const {
  check_place(place);
  if (!is_remote(place)) return local_store_opener()->open(place, mode);
  options_.check();
  const S3Uri uri = parse_s3_uri(place);
  S3Options s3 = s3_options(options_);
  if (!mode.stoppable) s3.stop = {};
  auto client = std::make_shared<S3Client>(std::move(s3), uri.bucket, default_s3_credentials());
  auto store = std::make_shared<S3Store>(client, uri.prefix);
  client->open_bucket(store->root(), [&](const std::string& region) {
    check_region(place, region, options_.regions);
  });
  return store;
}

}  // namespace pomona
