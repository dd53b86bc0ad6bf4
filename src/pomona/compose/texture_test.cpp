// SPDX-License-Identifier: Apache-2.0
#include "pomona/compose/texture.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <cmath>

namespace pomona {
namespace {

constexpr Texture kTextures[] = {Texture::kPlain,  Texture::kWood,   Texture::kCloth,
                                 Texture::kChecks, Texture::kClouds, Texture::kLights,
                                 Texture::kSlats};

Canvas painted(Texture texture, std::uint64_t seed, int width = 64, int height = 40) {
  Canvas canvas;
  canvas.set_size(width, height);
  std::ranges::fill(canvas.pixels, std::nanf(""));
  Random random(seed);
  paint_texture(texture, random, canvas);
  return canvas;
}

TEST(Texture, FillsAllOfTheCanvasWithLevelsThatCanBeSeen) {
  for (const Texture texture : kTextures) {
    SCOPED_TRACE(static_cast<int>(texture));
    for (std::uint64_t seed = 0; seed < 30; ++seed) {
      const Canvas canvas = painted(texture, seed);
      double sum = 0;
      for (const float value : canvas.pixels) {
        ASSERT_TRUE(value > -0.5F && value < 2.5F) << value;
        sum += value;
      }
      const double mean = sum / static_cast<double>(canvas.pixels.size());
      EXPECT_TRUE(mean > 0.02 && mean < 1.1) << mean;
      const auto [least, most] = std::ranges::minmax(canvas.pixels);
      EXPECT_GT(most - least, 0.01F);
    }
  }
}

TEST(Texture, DependsOnItsRandomNumbersAlone) {
  for (const Texture texture : kTextures) {
    SCOPED_TRACE(static_cast<int>(texture));
    EXPECT_EQ(painted(texture, 3).pixels, painted(texture, 3).pixels);
    EXPECT_NE(painted(texture, 3).pixels, painted(texture, 4).pixels);
  }
}

TEST(Texture, FillsTheSmallestCanvas) {
  for (const Texture texture : kTextures) {
    for (const float value : painted(texture, 1, 1, 1).pixels) EXPECT_FALSE(std::isnan(value));
  }
}

}  // namespace
}  // namespace pomona
