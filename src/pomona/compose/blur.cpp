// SPDX-License-Identifier: Apache-2.0
#include "pomona/compose/blur.h"

#include <algorithm>
#include <cmath>
#include <cstddef>
#include <numbers>

namespace pomona {
namespace {

constexpr double kCutOff = 4;  // standard deviations

void add_scaled(const float* from, float weight, std::size_t count, float* sum) {
  for (std::size_t i = 0; i < count; ++i) sum[i] += weight * from[i];
}

// Weights from the middle outwards to `radius`; those on both sides sum to 1.
void bell(double sigma, std::size_t radius, std::vector<float>& weights) {
  weights.resize(radius + 1);
  double sum = 0;
  const auto height = [&](std::size_t at) {
    const double distance = static_cast<double>(at) / sigma;
    return std::exp(-0.5 * distance * distance);
  };
  for (std::size_t at = 0; at <= radius; ++at) sum += (at == 0 ? 1 : 2) * height(at);
  for (std::size_t at = 0; at <= radius; ++at) weights[at] = static_cast<float>(height(at) / sum);
}

}  // namespace

void Blurrer::gaussian(std::span<float> values, int width, int height, int channels, double sigma) {
  if (sigma <= 0) return;
  const auto radius = static_cast<std::size_t>(kCutOff * sigma + 0.5);
  bell(sigma, radius, weights_);
  const auto step = static_cast<std::size_t>(channels);
  const std::size_t row = static_cast<std::size_t>(width) * step;
  const auto rows = static_cast<std::size_t>(height);
  // Along rows, each with its ends repeated on both sides.
  line_.resize(row + 2 * radius * step);
  for (std::size_t y = 0; y < rows; ++y) {
    float* pixels = values.data() + y * row;
    for (std::size_t i = 0; i < radius * step; ++i) {
      line_[i] = pixels[i % step];
      line_[radius * step + row + i] = pixels[row - step + i % step];
    }
    std::copy_n(pixels, row, line_.begin() + static_cast<std::ptrdiff_t>(radius * step));
    const float* middle = line_.data() + radius * step;
    for (std::size_t i = 0; i < row; ++i) pixels[i] = weights_[0] * middle[i];
    for (std::size_t at = 1; at <= radius; ++at) {
      add_scaled(middle - at * step, weights_[at], row, pixels);
      add_scaled(middle + at * step, weights_[at], row, pixels);
    }
  }
  // Across them.
  lines_.assign(values.begin(), values.end());
  for (std::size_t y = 0; y < rows; ++y) {
    float* pixels = values.data() + y * row;
    for (std::size_t i = 0; i < row; ++i) pixels[i] *= weights_[0];
    for (std::size_t at = 1; at <= radius; ++at) {
      add_scaled(lines_.data() + (y - std::min(y, at)) * row, weights_[at], row, pixels);
      add_scaled(lines_.data() + std::min(y + at, rows - 1) * row, weights_[at], row, pixels);
    }
  }
}

void Blurrer::motion(Canvas& canvas, double length, double degrees) {
  const int steps = static_cast<int>(std::lround(length));
  if (steps < 1) return;
  const double turn = degrees * std::numbers::pi / 180;
  lines_.assign(canvas.pixels.begin(), canvas.pixels.end());
  std::ranges::fill(canvas.pixels, 0.0F);
  const float weight = 1 / static_cast<float>(steps + 1);
  const std::size_t row = static_cast<std::size_t>(canvas.width) * 3;
  for (int step = 0; step <= steps; ++step) {
    const double along = step - steps / 2.0;
    const int right = static_cast<int>(std::lround(along * std::cos(turn)));
    const int down = static_cast<int>(std::lround(along * std::sin(turn)));
    for (int y = 0; y < canvas.height; ++y) {
      const float* from =
          lines_.data() +
          static_cast<std::size_t>(std::clamp(y + down, 0, canvas.height - 1)) * row;
      float* to = canvas.row(y);
      const int first = std::clamp(-right, 0, canvas.width);
      const int last = std::clamp(canvas.width - right, first, canvas.width);
      for (int x = 0; x < first; ++x) add_scaled(from, weight, 3, to + 3 * x);
      add_scaled(from + 3 * (first + right), weight, static_cast<std::size_t>(last - first) * 3,
                 to + 3 * first);
      for (int x = last; x < canvas.width; ++x) {
        add_scaled(from + row - 3, weight, 3, to + 3 * x);
      }
    }
  }
}

}  // namespace pomona
