// SPDX-License-Identifier: Apache-2.0
#include "pomona/storage/etag.h"

#include <algorithm>

#include "pomona/base/digest.h"

namespace pomona {
namespace {

constexpr std::size_t kFirstPartBytes = 8ULL << 20U;
constexpr std::size_t kPartsOfOneSize = 500;

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
  return "\"" + md5(digests_) + "-" + std::to_string(parts_) + "\"";
}

}  // namespace pomona
