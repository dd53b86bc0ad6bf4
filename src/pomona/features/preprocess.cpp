// SPDX-License-Identifier: Apache-2.0
#include "pomona/features/preprocess.h"

#include <algorithm>
#include <utility>

#include "pomona/features/normalize.h"
#include "pomona/image/orientation.h"

namespace pomona {
namespace {

constexpr int kMirrored = 2;  // EXIF's number for left and right exchanged

}  // namespace

Preprocessor::Preprocessor(const BackboneSpec& spec, int size, Fit fit, std::vector<Crop> crops)
    : spec_(spec), fit_(fit), crops_(std::move(crops)) {
  for (Crop& crop : crops_) {
    if (crop.size == 0) crop.size = size;
  }
}

int Preprocessor::decoded_side() const {
  int side = 0;
  for (const Crop& crop : crops_) {
    side = std::max(side, (crop.size * 100 + crop.percent - 1) / crop.percent);
  }
  return side;
}

void Preprocessor::fill(const Image& image, std::size_t crop, std::span<float> input) {
  const auto& [percent, flip, size] = crops_[crop];
  resizer_.fit(image, middle_of(image, percent), fit_, size, ResizeFilter::kBicubic, resized_);
  if (flip) turn_upright(resized_, kMirrored, scratch_);
  normalize(resized_, spec_, input);
}

}  // namespace pomona
