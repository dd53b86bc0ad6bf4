// SPDX-License-Identifier: Apache-2.0
#include "pomona/pipeline/thumbnails.h"

#include <limits>

#include "pomona/base/random.h"

namespace pomona {
namespace {

constexpr int kSmallSide = 48;
constexpr int kTinySide = 16;
constexpr int kJpegQuality = 80;
constexpr std::uint64_t kMaxThumbnails = 50'000;
constexpr std::uint64_t kAll = std::numeric_limits<std::uint64_t>::max();

}  // namespace

Thumbnail ThumbnailMaker::make(const Image& picture) {
  resizer_.resize(picture, kSmallSide, kSmallSide, ResizeFilter::kBox, small_);
  resizer_.resize(small_, kTinySide, kTinySide, ResizeFilter::kBox, tiny_);
  Thumbnail thumbnail;
  thumbnail.pixels.assign(tiny_.pixels.begin(), tiny_.pixels.end());
  encoder_.encode(small_, kJpegQuality, thumbnail.jpeg);
  return thumbnail;
}

ThumbnailChoice::ThumbnailChoice(bool wanted, std::uint64_t photograph_count) {
  if (!wanted) {
    threshold_ = 0;
  } else if (photograph_count <= kMaxThumbnails) {
    threshold_ = kAll;
  } else {
    threshold_ = kAll / photograph_count * kMaxThumbnails;
  }
}

bool ThumbnailChoice::includes(std::string_view path) const {
  return threshold_ == kAll || (threshold_ > 0 && hash_text(path, /*seed=*/0) < threshold_);
}

}  // namespace pomona
