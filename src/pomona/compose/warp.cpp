// SPDX-License-Identifier: Apache-2.0
#include "pomona/compose/warp.h"

#include <algorithm>
#include <array>
#include <cmath>
#include <cstddef>
#include <cstring>
#include <numbers>

namespace pomona {
namespace {

// Below this scale source pixels would be passed over.
constexpr double kLeastScale = 0.5;

// Four floats that are worked on at once, as compilers do not see by themselves.
using Pixel = float __attribute__((vector_size(16)));
using Weights = std::array<float, 4>;

// Of the four pixels around a place that lies `t` behind the second. Pillow's kernel: a = -1.
Weights cubic_weights(float t) {
  return {t * (-1 + t * (2 - t)), 1 + t * t * (t - 2), t * (1 + t * (1 - t)), t * t * (t - 1)};
}

std::uint8_t rounded(float value, std::uint8_t most) {
  const float level = value + 0.5F;
  const auto limit = static_cast<float>(most);
  return static_cast<std::uint8_t>(
      static_cast<int>(level < 0 ? 0 : (level > limit ? limit : level)));
}

// Means of 2 × 2 pixels; beyond an odd edge it is transparent.
void halve(const Layer& source, Layer& result) {
  result.clear((source.width + 1) / 2, (source.height + 1) / 2);
  for (int y = 0; y < result.height; ++y) {
    const int lines = std::min(2, source.height - 2 * y);
    for (int x = 0; x < result.width; ++x) {
      const int columns = std::min(2, source.width - 2 * x);
      for (int channel = 0; channel < 4; ++channel) {
        int sum = 2;
        for (int line = 0; line < lines; ++line) {
          const std::uint8_t* pixel = source.row(2 * y + line) + 8 * x + channel;
          sum += pixel[0] + (columns == 2 ? pixel[4] : 0);
        }
        result.row(y)[4 * x + channel] = static_cast<std::uint8_t>(sum / 4);
      }
    }
  }
}

// Is nothing to be seen of this pixel and the next? Much of the square around a fruit is empty.
bool is_clear(const float* pixels) { return pixels[3] == 0 && pixels[7] == 0; }

// On each side of a source, so that its outermost pixels have all their neighbours.
constexpr int kBorder = 2;

}  // namespace

void Warper::spread(const Layer& source) {
  floats_width_ = source.width + 2 * kBorder;
  const int height = source.height + 2 * kBorder;
  floats_.resize(static_cast<std::size_t>(floats_width_) * static_cast<std::size_t>(height) * 4);
  float* to = floats_.data();
  for (int y = -kBorder; y < source.height + kBorder; ++y) {
    const std::uint8_t* row = source.row(std::clamp(y, 0, source.height - 1));
    for (int x = -kBorder; x < source.width + kBorder; ++x, to += 4) {
      std::copy_n(row + 4 * std::clamp(x, 0, source.width - 1), 4, to);
    }
  }
}

// The pixel at (x, y) of what was spread, which lies inside. Leaves a result that is clear as it
// is.
void Warper::sample(double x, double y, std::uint8_t* result) const {
  // Both are above 0, so that casts round down.
  const auto column = static_cast<int>(x + kBorder - 0.5);
  const auto line = static_cast<int>(y + kBorder - 0.5);
  const std::ptrdiff_t row = std::ptrdiff_t{4} * floats_width_;
  const float* pixel = floats_.data() + (line - 1) * row + std::ptrdiff_t{4} * (column - 1);
  if (is_clear(pixel + row + 4) && is_clear(pixel + 2 * row + 4)) return;
  const Weights across = cubic_weights(static_cast<float>(x + kBorder - 0.5 - column));
  const Weights down = cubic_weights(static_cast<float>(y + kBorder - 0.5 - line));
  Pixel sum{};
  for (const float weight : down) {
    for (std::size_t tap = 0; tap < 4; ++tap) {
      Pixel neighbour;
      std::memcpy(&neighbour, pixel + 4 * tap, sizeof neighbour);
      sum += weight * across[tap] * neighbour;
    }
    pixel += row;
  }
  result[3] = rounded(sum[3], 255);
  // The kernel overshoots, and nothing is brighter than its alpha allows.
  for (int channel = 0; channel < 3; ++channel) {
    result[channel] = rounded(sum[channel], result[3]);
  }
}

void Warper::warp(const Layer& source, const Affine& to_source, int width, int height,
                  Layer& result) {
  result.clear(width, height);
  spread(source);
  for (int y = 0; y < height; ++y) {
    std::uint8_t* row = result.row(y);
    for (int x = 0; x < width; ++x) {
      const double source_x = to_source.a * (x + 0.5) + to_source.b * (y + 0.5) + to_source.c;
      const double source_y = to_source.d * (x + 0.5) + to_source.e * (y + 0.5) + to_source.f;
      const bool inside =
          source_x >= 0 && source_x < source.width && source_y >= 0 && source_y < source.height;
      if (inside) sample(source_x, source_y, row + 4 * x);
    }
  }
}

void Warper::pose(const Layer& source, const Pose& pose, Layer& result) {
  const Layer* from = &source;
  double scale = pose.scale;
  double middle_x = source.width / 2.0;
  double middle_y = source.height / 2.0;
  for (std::size_t next = 0; scale * pose.squeeze < kLeastScale && from->width > 2; next ^= 1U) {
    halve(*from, halves_[next]);
    from = &halves_[next];
    scale *= 2;
    middle_x /= 2;
    middle_y /= 2;
  }
  const double turn = pose.degrees * std::numbers::pi / 180;
  const double cosine = std::cos(turn);
  const double sine = std::sin(turn);
  const double half_width = scale * (std::abs(cosine) * middle_x + std::abs(sine) * middle_y);
  const double half_height =
      scale * pose.squeeze * (std::abs(sine) * middle_x + std::abs(cosine) * middle_y);
  const int width = std::max(1, static_cast<int>(std::ceil(2 * half_width)));
  const int height = std::max(1, static_cast<int>(std::ceil(2 * half_height)));
  // The way back: unsqueeze, unscale, turn the other way, mirror.
  const double sign = pose.mirrored ? -1 : 1;
  Affine back;
  back.a = sign * cosine / scale;
  back.b = sign * sine / (scale * pose.squeeze);
  back.d = -sine / scale;
  back.e = cosine / (scale * pose.squeeze);
  back.c = middle_x - back.a * width / 2 - back.b * height / 2;
  back.f = middle_y - back.d * width / 2 - back.e * height / 2;
  warp(*from, back, width, height, result);
}

}  // namespace pomona
