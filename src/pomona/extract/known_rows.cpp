// SPDX-License-Identifier: Apache-2.0
#include "pomona/extract/known_rows.h"

#include "pomona/extract/small_pictures.h"

namespace pomona {
namespace {

constexpr std::size_t kDigestLetters = 64;

}  // namespace

KnownRows::KnownRows(std::size_t rows, std::size_t feature_count, const std::string& scratch_folder,
                     bool by_hash)
    : by_hash_(by_hash),
      place_(rows, -1),
      picture_place_(rows, -1),
      features_(scratch_folder, feature_count),
      digests_(scratch_folder, kDigestLetters),
      pictures_(scratch_folder, kPreviewBytes) {}

void KnownRows::add(std::size_t row, std::span<const float> features, const std::string& sha256,
                    std::span<const std::uint8_t> picture) {
  place_[row] = static_cast<std::int32_t>(features_.rows());
  features_.append({features.data(), 1, features.size()});
  digests_.append({reinterpret_cast<const std::uint8_t*>(sha256.data()), 1, kDigestLetters});
  ++count_;
  if (picture.empty()) return;
  picture_place_[row] = static_cast<std::int32_t>(pictures_.rows());
  pictures_.append({picture.data(), 1, picture.size()});
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

void KnownRows::read_picture(std::size_t row, std::span<std::uint8_t> picture) const {
  pictures_.read(static_cast<std::size_t>(picture_place_[row]),
                 {picture.data(), 1, picture.size()});
}

}  // namespace pomona
