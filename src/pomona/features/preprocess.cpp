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
    : spec_(spec), fit_(fit), views_(std::move(views)) {
  for (View& view : views_) {
    if (view.size == 0) view.size = size;
  }
}

int Preprocessor::decoded_side() const {
  int side = 0;
  for (const View& view : views_) {
    side = std::max(side, (view.size * 100 + view.percent - 1) / view.percent);
  }
  return side;
}

void Preprocessor::fill(const Image& image, std::size_t view, std::span<float> input) {
  const auto& [percent, flip, size] = views_[view];
  resizer_.fit(image, middle_of(image, percent), fit_, size, ResizeFilter::kBicubic, resized_);
  if (flip) turn_upright(resized_, kMirrored, scratch_);
  normalize(resized_, spec_, input);
}

}  // namespace pomona
