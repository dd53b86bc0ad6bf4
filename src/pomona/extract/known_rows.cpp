// SPDX-License-Identifier: Apache-2.0
#include "pomona/extract/known_rows.h"

namespace pomona {
namespace {

constexpr std::size_t kDigestLetters = 64;

}  // namespace

KnownRows::KnownRows(std::size_t rows, std::size_t feature_count, const std::string& scratch_folder,
                     bool by_hash)
    : by_hash_(by_hash),
      place_(rows, -1),
      preview_place_(rows, -1),
      features_(scratch_folder, feature_count),
      digests_(scratch_folder, kDigestLetters) {}

void KnownRows::add(std::size_t row, std::span<const float> features, const std::string& sha256,
                    std::string_view preview) {
  place_[row] = static_cast<std::int32_t>(features_.rows());
  features_.append({features.data(), 1, features.size()});
  digests_.append({reinterpret_cast<const std::uint8_t*>(sha256.data()), 1, kDigestLetters});
  ++count_;
  if (preview.empty()) return;
  preview_place_[row] = static_cast<std::int32_t>(previews_.rows().size());
  previews_.append(row, preview);
}

std::string KnownRows::sha256(std::size_t row) const {
  std::string digest(kDigestLetters, '0');
  digests_.read(static_cast<std::size_t>(place_[row]),
                {reinterpret_cast<std::uint8_t*>(digest.data()), 1, kDigestLetters});
  return digest;
}

void KnownRows::read_features(std::size_t row, std::span<float> features) const {
  features_.read(static_cast<std::size_t>(place_[row]), {features.data(), 1, features.size()});
}

std::string_view KnownRows::preview(std::size_t row) const {
  const std::int32_t place = preview_place_[row];
  return place < 0 ? std::string_view() : previews_.jpeg(static_cast<std::size_t>(place));
}

}  // namespace pomona
