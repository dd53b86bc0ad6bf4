// SPDX-License-Identifier: Apache-2.0
#include "pomona/image/warp.h"

#include <algorithm>
#include <array>
#include <cmath>
#include <numbers>

namespace pomona {
namespace {

// Below this scale source pixels would be passed over.
constexpr double kLeastScale = 0.5;

using Weights = std::array<float, 4>;

// Of the four pixels around a place that lies `t` behind the second. Pillow's kernel: a = -1.
Weights cubic_weights(float t) {
  return {t * (-1 + t * (2 - t)), 1 + t * t * (t - 2), t * (1 + t * (1 - t)), t * t * (t - 1)};
}

std::uint8_t rounded(float value, std::uint8_t most) {
  return static_cast<std::uint8_t>(std::clamp(value + 0.5F, 0.0F, static_cast<float>(most)));
}

// The pixel of the source at (x, y), which lies inside.
void sample(const Layer& source, double x, double y, std::uint8_t* result) {
  const double left = std::floor(x - 0.5);
  const double top = std::floor(y - 0.5);
  const Weights across = cubic_weights(static_cast<float>(x - 0.5 - left));
  const Weights down = cubic_weights(static_cast<float>(y - 0.5 - top));
  std::array<int, 4> columns{};
  for (int tap = 0; tap < 4; ++tap) {
    columns[static_cast<std::size_t>(tap)] =
        4 * std::clamp(static_cast<int>(left) + tap - 1, 0, source.width - 1);
  }
  std::array<float, 4> sum{};
  for (int line = 0; line < 4; ++line) {
    const std::uint8_t* row =
        source.row(std::clamp(static_cast<int>(top) + line - 1, 0, source.height - 1));
    const float weight = down[static_cast<std::size_t>(line)];
    for (std::size_t tap = 0; tap < 4; ++tap) {
      const std::uint8_t* pixel = row + columns[tap];
      const float both = weight * across[tap];
      for (std::size_t channel = 0; channel < 4; ++channel) {
        sum[channel] += both * static_cast<float>(pixel[channel]);
      }
    }
  }
  result[3] = rounded(sum[3], 255);
  // The kernel overshoots, and nothing is brighter than its alpha allows.
  for (std::size_t channel = 0; channel < 3; ++channel) {
    result[channel] = rounded(sum[channel], result[3]);
  }
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

}  // namespace

void Warper::warp(const Layer& source, const Affine& to_source, int width, int height,
                  Layer& result) {
  result.clear(width, height);
  for (int y = 0; y < height; ++y) {
    std::uint8_t* row = result.row(y);
    for (int x = 0; x < width; ++x) {
      const double source_x = to_source.a * (x + 0.5) + to_source.b * (y + 0.5) + to_source.c;
      const double source_y = to_source.d * (x + 0.5) + to_source.e * (y + 0.5) + to_source.f;
      const bool inside =
          source_x >= 0 && source_x < source.width && source_y >= 0 && source_y < source.height;
      if (inside) sample(source, source_x, source_y, row + 4 * x);
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
