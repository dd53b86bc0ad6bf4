// SPDX-License-Identifier: Apache-2.0
#include "pomona/compose/grain.h"

#include <algorithm>
#include <array>
#include <cmath>
#include <cstddef>
#include <numbers>

#include "pomona/base/random.h"

namespace pomona {
namespace {

// Normally distributed numbers to choose from by twelve random bits, which is much quicker than
// making each: nobody sees that there are only so many. They come in pairs of opposite ones, so
// that noise makes a picture neither brighter nor darker.
class NormalStock {
 public:
  NormalStock() {
    Random random(/*seed=*/1);
    double sum = 0;
    for (std::size_t i = 0; i < values_.size(); i += 2) {
      const double radius = std::sqrt(-2 * std::log(1 - random.uniform()));  // Box and Muller
      const double value = radius * std::cos(2 * std::numbers::pi * random.uniform());
      values_[i] = static_cast<float>(value);
      values_[i + 1] = static_cast<float>(-value);
      sum += 2 * value * value;
    }
    const auto scale = static_cast<float>(std::sqrt(static_cast<double>(values_.size()) / sum));
    for (float& value : values_) value *= scale;
  }
  // By the lowest bits.
  float choose(std::uint64_t bits) const { return values_[bits % values_.size()]; }

 private:
  std::array<float, 4096> values_{};
};

constexpr unsigned kBitsOfChoice = 12;

}  // namespace

void add_grain(double deviation, std::uint64_t seed, Canvas& canvas) {
  if (deviation <= 0) return;
  static const NormalStock normal;
  Random random(seed);
  // Half of the variance is shared.
  const auto scale = static_cast<float>(deviation / std::numbers::sqrt2);
  for (std::size_t i = 0; i < canvas.pixels.size(); i += 3) {
    std::uint64_t bits = random.next();
    const float shared = normal.choose(bits);
    for (std::size_t channel = 0; channel < 3; ++channel) {
      bits >>= kBitsOfChoice;
      float& value = canvas.pixels[i + channel];
      const float of_light = 0.5F + std::clamp(value, 0.0F, 1.0F);
      value += scale * of_light * (shared + normal.choose(bits));
    }
  }
}

}  // namespace pomona
