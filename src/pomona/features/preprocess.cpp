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

Preprocessor::Preprocessor(const BackboneSpec& spec, int size, Fit fit, std::vector<View> views)
    : spec_(spec), size_(size), fit_(fit), views_(std::move(views)) {}

int Preprocessor::decoded_side() const {
  const int nearest = std::ranges::min_element(views_, {}, &View::percent)->percent;
  return (size_ * 100 + nearest - 1) / nearest;
}

void Preprocessor::fill(const Image& image, std::size_t view, std::span<float> input) {
  const auto& [percent, flip] = views_[view];
  resizer_.fit(image, middle_of(image, percent), fit_, size_, ResizeFilter::kBicubic, resized_);
  if (flip) turn_upright(resized_, kMirrored, scratch_);
  normalize(resized_, spec_, input);
}

}  // namespace pomona
