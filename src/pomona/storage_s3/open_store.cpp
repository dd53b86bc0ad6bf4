// SPDX-License-Identifier: Apache-2.0
#include "pomona/storage_s3/open_store.h"

#include <algorithm>
#include <cctype>
#include <cstdlib>
#include <filesystem>
#include <utility>

#include "pomona/base/error.h"
#include "pomona/storage/key.h"
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

// "hdfs" of "hdfs://name/path"; "" of a path.
std::string_view scheme_of(std::string_view place) {
  const std::size_t end = place.find("://");
  if (end == std::string_view::npos || end == 0) return {};
  const std::string_view scheme = place.substr(0, end);
  const bool is_scheme = std::ranges::all_of(scheme, [](unsigned char c) {
    return std::isalnum(c) != 0 || c == '+' || c == '-' || c == '.';
  });
  return is_scheme ? scheme : std::string_view{};
}

S3Options s3_options(const StoreOptions& options) {
  S3Options s3;
  s3.stop = options.stop;
  s3.endpoint = options.s3_endpoint.empty()
                    ? environment({"AWS_ENDPOINT_URL_S3", "AWS_ENDPOINT_URL"})
                    : options.s3_endpoint;
  if (s3.endpoint.find('@') != std::string::npos) {
    // Not repeated: messages end up in logs.
    throw Error(ErrorKind::kInvalidInput,
                "reading the S3 endpoint (--s3-endpoint or AWS_ENDPOINT_URL): expected "
                "http://HOST:PORT or https://HOST:PORT without user and password; give credentials "
                "where the AWS tools find them (AWS_PROFILE, AWS_ACCESS_KEY_ID, …)");
  }
  while (s3.endpoint.ends_with('/')) s3.endpoint.pop_back();
  if (!s3.endpoint.empty() && !s3.endpoint.starts_with("http://") &&
      !s3.endpoint.starts_with("https://")) {
    throw Error(ErrorKind::kInvalidInput, "reading the S3 endpoint '" + s3.endpoint +
                                              "': expected http://HOST:PORT or https://HOST:PORT");
  }
  if (const std::string region = environment({"AWS_REGION", "AWS_DEFAULT_REGION"});
      !region.empty()) {
    s3.region = region;
  }
  return s3;
}

void refuse_empty(const std::string& place) {
  if (!place.empty()) return;
  throw Error(ErrorKind::kInvalidInput,
              "opening a place: its name is empty; give a folder or s3://BUCKET/PREFIX");
}

bool lies_inside(const std::filesystem::path& inner, const std::filesystem::path& outer) {
  const std::filesystem::path relative = inner.lexically_relative(outer);
  return !relative.empty() && *relative.begin() != "..";
}

std::filesystem::path resolved(const std::string& place) {
  if (is_remote(place)) {
    const S3Uri uri = parse_s3_uri(place);
    return std::filesystem::path("s3:") / uri.bucket / uri.prefix;
  }
  std::error_code error;
  std::filesystem::path result =
      std::filesystem::weakly_canonical(std::filesystem::absolute(place), error);
  if (error) result = std::filesystem::absolute(place).lexically_normal();
  // "out/" and "out" are the same folder.
  return result.has_filename() ? result : result.parent_path();
}

}  // namespace

bool is_remote(std::string_view place) {
  if (is_s3_uri(place)) return true;
  const std::string_view scheme = scheme_of(place);
  if (scheme.empty()) return false;
  throw Error(ErrorKind::kInvalidInput, "opening '" + std::string(place) + "': '" +
                                            std::string(scheme) +
                                            "://' is not known; give a folder, or "
                                            "s3://BUCKET/PREFIX (s3a:// means the same)");
}

std::shared_ptr<ObjectStore> open_store(const std::string& place, const StoreOptions& options,
                                        LocalStore::IfMissing if_missing) {
  refuse_empty(place);
  if (!is_remote(place)) return std::make_shared<LocalStore>(place, if_missing);
  const S3Uri uri = parse_s3_uri(place);
  auto client =
      std::make_shared<S3Client>(s3_options(options), uri.bucket, default_s3_credentials());
  check_region(place, client->check_bucket(), options.regions);
  return std::make_shared<S3Store>(std::move(client), uri.prefix);
}

bool places_overlap(const std::string& one, const std::string& other) {
  return lies_inside(resolved(one), resolved(other)) || lies_inside(resolved(other), resolved(one));
}

std::string resolve_place(const std::string& place) { return resolved(place).string(); }

PlaceAndKey split_place(const std::string& place) {
  refuse_empty(place);
  if (is_remote(place)) {
    const S3Uri uri = parse_s3_uri(place);
    const std::string bucket = "s3://" + uri.bucket;
    const std::size_t slash = uri.prefix.rfind('/');
    if (slash == std::string::npos) return {bucket, uri.prefix};
    return {bucket + "/" + uri.prefix.substr(0, slash), uri.prefix.substr(slash + 1)};
  }
  std::filesystem::path path = std::filesystem::absolute(place).lexically_normal();
  if (!path.has_filename()) path = path.parent_path();
  return {path.parent_path().string(), key_from_name(path.filename().string())};
}

std::string read_place(const std::string& place, std::uint64_t max_bytes,
                       const StoreOptions& options) {
  const auto [folder, key] = split_place(place);
  std::string bytes;
  open_store(folder, options)->read(key, max_bytes, bytes, /*version=*/"");
  return bytes;
}

}  // namespace pomona
