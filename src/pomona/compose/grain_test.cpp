// SPDX-License-Identifier: Apache-2.0
#include "pomona/compose/grain.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <cmath>

namespace pomona {
namespace {

constexpr int kSide = 128;

Canvas grained(float level, double deviation, std::uint64_t seed) {
  Canvas canvas;
  canvas.set_size(kSide, kSide);
  std::ranges::fill(canvas.pixels, level);
  add_grain(deviation, seed, canvas);
  return canvas;
}

// Mean of the products of two channels' deviations from a level.
double covariance(const Canvas& canvas, float level, std::size_t one, std::size_t other) {
  double sum = 0;
  for (std::size_t i = 0; i < canvas.pixels.size(); i += 3) {
    sum += double{canvas.pixels[i + one] - level} * double{canvas.pixels[i + other] - level};
  }
  return sum * 3 / static_cast<double>(canvas.pixels.size());
}

TEST(Grain, HasTheDeviationAskedForInMiddleGrey) {
  const Canvas canvas = grained(0.5F, 0.02, 7);
  double sum = 0;
  for (const float value : canvas.pixels) sum += value;
  EXPECT_NEAR(sum / static_cast<double>(canvas.pixels.size()), 0.5, 4e-4);
  for (std::size_t channel = 0; channel < 3; ++channel) {
    EXPECT_NEAR(std::sqrt(covariance(canvas, 0.5F, channel, channel)), 0.02, 6e-4);
  }
  EXPECT_NEAR(covariance(canvas, 0.5F, 0, 2), 0.02 * 0.02 / 2, 2e-5);
}

TEST(Grain, IsStrongerWhereItIsBright) {
  const auto deviation = [](float level) {
    return std::sqrt(covariance(grained(level, 0.02, 7), level, 1, 1));
  };
  EXPECT_NEAR(deviation(0), 0.01, 4e-4);
  EXPECT_NEAR(deviation(1), 0.03, 1e-3);
}

TEST(Grain, DependsOnTheSeedAlone) {
  EXPECT_EQ(grained(0.5F, 0.02, 7).pixels, grained(0.5F, 0.02, 7).pixels);
  EXPECT_NE(grained(0.5F, 0.02, 7).pixels, grained(0.5F, 0.02, 8).pixels);
}

TEST(Grain, NoneIsNone) {
  for (const float value : grained(0.3F, 0, 7).pixels) ASSERT_EQ(value, 0.3F);
}

}  // namespace
}  // namespace pomona
