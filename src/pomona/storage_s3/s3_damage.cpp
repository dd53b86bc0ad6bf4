// SPDX-License-Identifier: Apache-2.0
#include "pomona/storage_s3/s3_damage.h"

#include <algorithm>
#include <utility>

#include "pomona/base/base64.h"
#include "pomona/base/digest.h"
#include "pomona/base/number_text.h"
#include "pomona/base/unicode.h"

namespace pomona {
namespace {

// What an answer of status 206 holds.
struct ContentRange {
  std::uint64_t first = 0;
  std::uint64_t last = 0;
  std::uint64_t size = 0;  // of the whole object
};

// "bytes 0-9/100", and nothing that contradicts itself.
std::optional<ContentRange> content_range(const HttpAnswer& answer) {
  constexpr std::string_view kUnit = "bytes ";
  const std::string header = answer.header("content-range");
  std::string_view text = header;
  if (!text.starts_with(kUnit)) return std::nullopt;
  text.remove_prefix(kUnit.size());
  const std::size_t dash = std::min(text.find('-'), text.size());
  const std::size_t slash = std::min(text.find('/'), text.size());
  if (dash >= slash || slash == text.size()) return std::nullopt;
  const auto first = parse_count(text.substr(0, dash));
  const auto last = parse_count(text.substr(dash + 1, slash - dash - 1));
  const auto size = parse_count(text.substr(slash + 1));
  if (!first || !last || !size || *first > *last || *last >= *size) return std::nullopt;
  return ContentRange{*first, *last, *size};
}

bool holds(const ContentRange& range, std::string_view body) {
  return range.last - range.first == body.size() - 1 && !body.empty();
}

std::string_view without_quotes(std::string_view etag) {
  if (etag.size() < 2 || etag.front() != '"' || etag.back() != '"') return etag;
  return etag.substr(1, etag.size() - 2);
}

// The digest that an ETag may be; "" where it is none. That of an object in parts has a hyphen, and
// one that was encrypted by a key of somebody's own, or by a service for keys, is another number.
std::string md5_in(const HttpAnswer& answer) {
  const std::string encryption = answer.header("x-amz-server-side-encryption");
  if (!encryption.empty() && encryption != "AES256") return "";
  if (!answer.header("x-amz-server-side-encryption-customer-algorithm").empty()) return "";
  const std::string etag = answer.header("etag");
  const std::string digest = ascii_lower(without_quotes(etag));
  if (digest.size() != 32) return "";
  return digest.find_first_not_of("0123456789abcdef") == std::string::npos ? digest : "";
}

}  // namespace

std::string byte_range(std::uint64_t first, std::uint64_t count) {
  return "bytes=" + std::to_string(first) + "-" + std::to_string(first + count - 1);
}

std::string damage_of_content(const HttpAnswer& answer, const S3GetOptions& options,
                              std::string_view body) {
  if (options.range) {
    const auto range = content_range(answer);
    const bool as_asked = answer.status == 206 && body.size() == options.range->second && range &&
                          range->first == options.range->first && holds(*range, body);
    return as_asked ? "" : "not the range asked for";
  }
  if (answer.status != 200) {
    return "HTTP status " + std::to_string(answer.status) + ", expected 200 with the whole object";
  }
  return "";
}

ContentDigest digest_of_content(const HttpAnswer& answer, std::string_view body) {
  // One of an object in parts has a hyphen, or a header says so.
  const auto whole = [&](const char* header) {
    const bool in_parts = answer.header("x-amz-checksum-type") == "COMPOSITE";
    const std::string sum = in_parts ? "" : answer.header(header);
    return sum.find('-') == std::string::npos ? sum : "";
  };
  if (const std::string sum = whole("x-amz-checksum-sha256"); !sum.empty()) {
    return {sum, base64(sha256_bytes(body)), /*is_etag=*/false, "SHA-256"};
  }
  if (const std::string sum = whole("x-amz-checksum-crc32"); !sum.empty()) {
    return {sum, base64(crc32_bytes(body)), /*is_etag=*/false, "CRC-32"};
  }
  std::string stored = md5_in(answer);
  if (stored.empty()) return {};
  return {std::move(stored), md5(body), /*is_etag=*/true, "MD5"};
}

std::string damage_of_tail(const HttpAnswer& answer, std::uint64_t count, std::string_view body) {
  if (answer.status == 200) return "";  // the whole object
  const auto range = content_range(answer);
  const bool as_asked = answer.status == 206 && range && holds(*range, body) &&
                        range->last + 1 == range->size &&
                        body.size() == std::min(count, range->size);
  return as_asked ? "" : "not the range asked for";
}

std::uint64_t object_size(const HttpAnswer& answer, std::size_t body_size) {
  if (answer.status != 206) return body_size;
  const auto range = content_range(answer);
  return range ? range->size : body_size;
}

std::optional<std::uint64_t> size_out_of_range(const HttpAnswer& answer) {
  constexpr std::string_view kUnit = "bytes */";
  const std::string range = answer.header("content-range");
  if (range.empty()) return 0;  // of an empty object every range is out of range
  if (!range.starts_with(kUnit)) return std::nullopt;
  return parse_count(std::string_view(range).substr(kUnit.size()));
}

std::optional<std::uint64_t> announced_size(const HttpAnswer& answer) {
  const std::string length = answer.header("content-length");
  return length.empty() ? 0 : parse_count(length);
}

bool lies_below(const S3ListPage& page, std::string_view prefix) {
  return std::ranges::all_of(
             page.objects,
             [&](const S3ListedObject& object) { return object.key.starts_with(prefix); }) &&
         std::ranges::all_of(page.common_prefixes, [&](const std::string& folder) {
           return folder.starts_with(prefix) && folder.size() > prefix.size();
         });
}

bool is_same_etag(std::string_view one, std::string_view other) {
  return without_quotes(one) == without_quotes(other);
}

}  // namespace pomona
