// SPDX-License-Identifier: Apache-2.0
#include "pomona/storage/place.h"

#include <algorithm>
#include <cctype>
#include <filesystem>
#include <system_error>

#include "pomona/base/error.h"
#include "pomona/storage/key.h"
#include "pomona/storage/s3_uri.h"

namespace pomona {
namespace {

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

void check_place(const std::string& place) {
  if (!place.empty()) return;
  throw Error(ErrorKind::kInvalidInput,
              "opening a place: its name is empty; give a folder or s3://BUCKET/PREFIX");
}

bool places_overlap(const std::string& one, const std::string& other) {
  return lies_inside(resolved(one), resolved(other)) || lies_inside(resolved(other), resolved(one));
}

std::string resolve_place(const std::string& place) { return resolved(place).string(); }

PlaceAndKey split_place(const std::string& place) {
  check_place(place);
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

}  // namespace pomona
