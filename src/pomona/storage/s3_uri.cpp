// SPDX-License-Identifier: Apache-2.0
#include "pomona/storage/s3_uri.h"

#include <algorithm>

#include "pomona/base/error.h"
#include "pomona/storage/key.h"

namespace pomona {
namespace {

constexpr std::string_view kSchemes[] = {"s3://", "s3a://"};

bool is_letter_or_digit(char c) { return (c >= 'a' && c <= 'z') || (c >= '0' && c <= '9'); }

bool is_bucket_name(std::string_view name) {
  return name.size() >= 3 && name.size() <= 63 && is_letter_or_digit(name.front()) &&
         is_letter_or_digit(name.back()) && name.find("..") == std::string_view::npos &&
         std::ranges::all_of(name,
                             [](char c) { return is_letter_or_digit(c) || c == '.' || c == '-'; });
}

}  // namespace

bool is_s3_uri(std::string_view text) {
  return std::ranges::any_of(kSchemes,
                             [&](std::string_view scheme) { return text.starts_with(scheme); });
}

S3Uri parse_s3_uri(std::string_view text) {
  const std::string whole(text);
  for (const std::string_view scheme : kSchemes) {
    if (!text.starts_with(scheme)) continue;
    text.remove_prefix(scheme.size());
    const std::size_t slash = std::min(text.find('/'), text.size());
    S3Uri uri{std::string(text.substr(0, slash)), std::string(text.substr(slash))};
    if (!is_bucket_name(uri.bucket)) {
      throw Error(ErrorKind::kInvalidInput,
                  "reading '" + whole + "': '" + uri.bucket +
                      "' cannot be the name of a bucket; expected s3://BUCKET/PREFIX with 3 to 63 "
                      "lower-case letters, digits, dots and hyphens as BUCKET");
    }
    if (uri.prefix.starts_with('/')) uri.prefix.erase(0, 1);
    if (uri.prefix.ends_with('/')) uri.prefix.pop_back();
    if (!uri.prefix.empty()) check_key(uri.prefix, "reading '" + whole + "'");
    return uri;
  }
  throw Error(ErrorKind::kInvalidInput, "reading '" + whole + "': expected s3://BUCKET/PREFIX");
}

}  // namespace pomona
