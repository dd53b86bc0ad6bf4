// SPDX-License-Identifier: Apache-2.0
#include "pomona/compose/relight.h"

#include <algorithm>
#include <cmath>
#include <cstddef>
#include <vector>

namespace pomona {
namespace {

// Levels of a screen are about amounts of light to this power.
constexpr double kScreenGamma = 2.2;
constexpr double kShoulder = 0.85;  // from here on highlights are rolled off
// By how much a mired changes red and blue, as logarithms: about what the colours of black bodies
// do between a bulb (2,900 K) and shade (8,000 K), in levels of a screen.
constexpr double kRedOfMired = 0.0016;
constexpr double kBlueOfMired = -0.0024;

// A function of a level, as a table from black to twice white.
class Curve {
 public:
  Curve(const Light& light, double colour) {
    const double gain = std::exp2(light.exposure / kScreenGamma) * colour;
    for (std::size_t i = 0; i < values_.size(); ++i) {
      double value = static_cast<double>(i) * kMost / static_cast<double>(values_.size() - 1);
      value = std::pow(value * gain, light.gamma);
      value = std::max(0.0, 0.5 + (value - 0.5) * light.contrast);
      values_[i] = static_cast<float>(rolled_off(value));
    }
  }
  float at(float level) const {
    const float place = level * (static_cast<float>(values_.size() - 1) / kMost);
    const int nearest = static_cast<int>(place + 0.5F);
    return values_[static_cast<std::size_t>(
        std::clamp(nearest, 0, static_cast<int>(values_.size() - 1)))];
  }

 private:
  static constexpr float kMost = 2;

  static double rolled_off(double value) {
    if (value <= kShoulder) return value;
    constexpr double kRest = 1 - kShoulder;
    return kShoulder + kRest * (1 - std::exp((kShoulder - value) / kRest));
  }

  std::array<float, 4096> values_{};
};

}  // namespace

std::array<double, 3> colour_of(double warmth, double tint) {
  return {std::exp(kRedOfMired * warmth), 1 + tint, std::exp(kBlueOfMired * warmth)};
}

void relight(const Light& light, Canvas& canvas) {
  const std::array<double, 3> colour = colour_of(light.warmth, light.tint);
  const Curve red(light, colour[0]);
  const Curve green(light, colour[1]);
  const Curve blue(light, colour[2]);
  const auto saturation = static_cast<float>(light.saturation);
  const auto vignette = static_cast<float>(light.vignette);
  for (int y = 0; y < canvas.height; ++y) {
    const float v = 2 * (static_cast<float>(y) + 0.5F) / static_cast<float>(canvas.height) - 1;
    float* pixel = canvas.row(y);
    for (int x = 0; x < canvas.width; ++x, pixel += 3) {
      const float u = 2 * (static_cast<float>(x) + 0.5F) / static_cast<float>(canvas.width) - 1;
      const float falling = 1 + static_cast<float>(light.slope[0]) * u +
                            static_cast<float>(light.slope[1]) * v - vignette * (u * u + v * v) / 2;
      const float r = red.at(pixel[0] * falling);
      const float g = green.at(pixel[1] * falling);
      const float b = blue.at(pixel[2] * falling);
      const float grey = 0.299F * r + 0.587F * g + 0.114F * b;
      pixel[0] = grey + saturation * (r - grey);
      pixel[1] = grey + saturation * (g - grey);
      pixel[2] = grey + saturation * (b - grey);
    }
  }
}

}  // namespace pomona
