// SPDX-License-Identifier: Apache-2.0
#include "pomona/compose/shadow.h"

#include <algorithm>
#include <cmath>
#include <cstddef>

namespace pomona {
namespace {

constexpr int kShrink = 4;
// A bell is next to nothing beyond so many standard deviations.
constexpr double kShadowReach = 3;

}  // namespace

// Means of the alpha of kShrink × kShrink pixels, with a margin of so many means on each side.
void ShadowCaster::shrink(const Layer& layer, int margin) {
  width_ = (layer.width + kShrink - 1) / kShrink + 2 * margin;
  height_ = (layer.height + kShrink - 1) / kShrink + 2 * margin;
  mask_.assign(static_cast<std::size_t>(width_) * static_cast<std::size_t>(height_), 0.0F);
  constexpr float kWhole = 255.0F * kShrink * kShrink;
  for (int y = 0; y < layer.height; ++y) {
    float* line = mask_.data() +
                  static_cast<std::size_t>(y / kShrink + margin) * static_cast<std::size_t>(width_);
    const std::uint8_t* pixels = layer.row(y);
    for (int x = 0; x < layer.width; ++x) {
      line[x / kShrink + margin] += static_cast<float>(pixels[4 * x + 3]) / kWhole;
    }
  }
}

void ShadowCaster::cast(const Layer& layer, int left, int top, const Shadow& shadow,
                        Canvas& canvas) {
  const double softness = std::max(shadow.softness / kShrink, 0.5);
  const int margin = static_cast<int>(std::ceil(kShadowReach * softness)) + 1;
  shrink(layer, margin);
  blurrer_.gaussian(mask_, width_, height_, 1, softness);
  // The middle of the first mean lies there on the canvas.
  const double first_x = left + shadow.right + (0.5 - margin) * kShrink;
  const double first_y = top + shadow.down + (0.5 - margin) * kShrink;
  const int begin_x = std::max(0, static_cast<int>(std::ceil(first_x)));
  const int begin_y = std::max(0, static_cast<int>(std::ceil(first_y)));
  const int end_x =
      std::min(canvas.width, static_cast<int>(std::floor(first_x + (width_ - 1) * kShrink)));
  const int end_y =
      std::min(canvas.height, static_cast<int>(std::floor(first_y + (height_ - 1) * kShrink)));
  line_.resize(static_cast<std::size_t>(width_));
  const auto strength = static_cast<float>(shadow.strength);
  for (int y = begin_y; y < end_y; ++y) {
    const auto v = static_cast<float>((y + 0.5 - first_y) / kShrink);
    const int line = std::clamp(static_cast<int>(v), 0, height_ - 2);
    const float down = v - static_cast<float>(line);
    const float* above = mask_.data() + static_cast<std::ptrdiff_t>(line) * width_;
    const float* below = above + width_;
    for (std::size_t i = 0; i < line_.size(); ++i)
      line_[i] = above[i] + down * (below[i] - above[i]);
    float* pixels = canvas.row(y);
    for (int x = begin_x; x < end_x; ++x) {
      const auto u = static_cast<float>((x + 0.5 - first_x) / kShrink);
      const int column = std::clamp(static_cast<int>(u), 0, width_ - 2);
      const float right = u - static_cast<float>(column);
      const float* mean = line_.data() + column;
      const float light = 1 - strength * (mean[0] + right * (mean[1] - mean[0]));
      for (int channel = 0; channel < 3; ++channel) pixels[3 * x + channel] *= light;
    }
  }
}

}  // namespace pomona
