// SPDX-License-Identifier: Apache-2.0
#include "pomona/extract/small_pictures.h"

#include <limits>

#include "pomona/base/random.h"

namespace pomona {
namespace {

constexpr std::uint64_t kMostPictures = 50'000;
constexpr std::uint64_t kAll = std::numeric_limits<std::uint64_t>::max();

}  // namespace

SmallPictureChoice::SmallPictureChoice(std::uint64_t photograph_count)
    : threshold_(photograph_count <= kMostPictures ? kAll
                                                   : kAll / photograph_count * kMostPictures) {}

bool SmallPictureChoice::includes(std::string_view path) const {
  return threshold_ == kAll || hash_text(path, /*seed=*/0) < threshold_;
}

SmallPictures::SmallPictures(const std::string& scratch_folder)
    : file_(scratch_folder, kPreviewBytes) {}

void SmallPictures::append(std::size_t row, std::span<const std::uint8_t> picture) {
  file_.append({picture.data(), 1, picture.size()});
  rows_.push_back(row);
}

void SmallPictures::read(std::size_t index, Image& picture) const {
  picture.set_size(kPreviewSide, kPreviewSide);
  file_.read(index, {picture.pixels.data(), 1, kPreviewBytes});
}

}  // namespace pomona
