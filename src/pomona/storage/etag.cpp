// SPDX-License-Identifier: Apache-2.0
#include "pomona/storage/etag.h"

#include <algorithm>
#include <optional>

#include "pomona/base/digest.h"

namespace pomona {
namespace {

constexpr std::size_t kFirstPartBytes = 8ULL << 20U;
constexpr std::size_t kPartsOfOneSize = 500;

// The ETag of an object in parts, from the MD5s of these, one after the other.
std::string joined_etag(const std::string& digests, std::size_t parts) {
  return "\"" + md5(digests) + "-" + std::to_string(parts) + "\"";
}

int hex_digit(char c) {
  if (c >= '0' && c <= '9') return c - '0';
  if (c >= 'a' && c <= 'f') return c - 'a' + 10;
  if (c >= 'A' && c <= 'F') return c - 'A' + 10;
  return -1;
}

// The 16 bytes of an MD5 as an ETag has it, with or without quotes.
std::optional<std::string> digest_in(std::string_view etag) {
  constexpr std::size_t kDigits = 32;
  if (etag.size() == kDigits + 2 && etag.front() == '"' && etag.back() == '"') {
    etag = etag.substr(1, kDigits);
  }
  if (etag.size() != kDigits) return std::nullopt;
  std::string bytes;
  for (std::size_t i = 0; i < kDigits; i += 2) {
    const int high = hex_digit(etag[i]);
    const int low = hex_digit(etag[i + 1]);
    if (high < 0 || low < 0) return std::nullopt;
    bytes += static_cast<char>(16 * high + low);
  }
  return bytes;
}

}  // namespace

std::size_t upload_part_bytes(std::size_t parts_before) {
  return kFirstPartBytes << std::min<std::size_t>(parts_before / kPartsOfOneSize, 7);
}

void EtagBuilder::add(std::string_view bytes) {
  while (!bytes.empty()) {
    const std::size_t room = upload_part_bytes(parts_) - part_.size();
    const std::size_t count = std::min(room, bytes.size());
    part_.append(bytes.substr(0, count));
    bytes.remove_prefix(count);
    if (count == room) end_part();
  }
}

void EtagBuilder::end_part() {
  digests_ += md5_bytes(part_);
  ++parts_;
  part_.clear();
}

std::string EtagBuilder::finish() {
  if (parts_ == 0) return "\"" + md5(part_) + "\"";
  if (!part_.empty()) end_part();
  return joined_etag(digests_, parts_);
}

std::string etag_of_parts(const std::vector<std::string>& etags) {
  std::string digests;
  for (const std::string& etag : etags) {
    const std::optional<std::string> digest = digest_in(etag);
    if (!digest) return "";
    digests += *digest;
  }
  return joined_etag(digests, etags.size());
}

}  // namespace pomona
