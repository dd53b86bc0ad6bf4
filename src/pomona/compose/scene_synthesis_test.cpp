// SPDX-License-Identifier: Apache-2.0
#include "pomona/compose/scene_synthesis.h"

#include <gtest/gtest.h>

#include <algorithm>

#include "pomona/compose/cutout.h"
#include "pomona/compose/made_up_layers.h"

namespace pomona {
namespace {

constexpr Rgb kGreen = {30, 200, 40};
constexpr Rgb kMagenta = {220, 30, 220};

Layer green_disc() {
  Layer layer;
  EXPECT_TRUE(Cutter().cut(disc_on_white(60, 25, kGreen), layer));
  return layer;
}

Image painted(const std::vector<Layer>& frames, const std::vector<Image>& backgrounds, int side,
              std::uint64_t seed) {
  Random random(seed);
  Image picture;
  SceneSynthesis().paint(frames, backgrounds, side, random, picture);
  return picture;
}

// The share of pixels that are as green as no ground is.
double green_share(const Image& picture) {
  int green = 0;
  for (std::size_t i = 0; i < picture.pixels.size(); i += 3) {
    const int rest = std::max(picture.pixels[i], picture.pixels[i + 2]);
    green += picture.pixels[i + 1] > 2 * rest ? 1 : 0;
  }
  return 3.0 * green / static_cast<double>(picture.pixels.size());
}

TEST(SceneSynthesis, ShowsFruitSmallAndLarge) {
  double least = 1;
  double most = 0;
  double sum = 0;
  constexpr int kPictures = 100;
  for (int seed = 0; seed < kPictures; ++seed) {
    const Image picture = painted({green_disc()}, {}, 80, static_cast<std::uint64_t>(seed));
    ASSERT_EQ(picture.width, 80);
    ASSERT_EQ(picture.height, 80);
    const double share = green_share(picture);
    least = std::min(least, share);
    most = std::max(most, share);
    sum += share;
  }
  // Of a disc that fills 35 % of the frame, π/4 · 0.35² = 10 % can be seen; not all of it is lit.
  EXPECT_GT(least, 0.05);
  EXPECT_GT(most, 0.7);
  EXPECT_GT(sum / kPictures, 0.3);
}

TEST(SceneSynthesis, DependsOnItsRandomNumbersAlone) {
  SceneSynthesis kept;
  for (std::uint64_t seed = 0; seed < 12; ++seed) {
    Random random(seed);
    Image picture;
    kept.paint(std::vector<Layer>{green_disc()}, {}, 64, random, picture);
    EXPECT_EQ(picture.pixels, painted({green_disc()}, {}, 64, seed).pixels) << seed;
    EXPECT_NE(picture.pixels, painted({green_disc()}, {}, 64, seed + 1).pixels) << seed;
  }
}

TEST(SceneSynthesis, LaysPhotographsBehindMoreThanHalfOfThem) {
  int with_photograph = 0;
  for (std::uint64_t seed = 0; seed < 100; ++seed) {
    const Image picture = painted({green_disc()}, {plain_image(90, 70, kMagenta)}, 48, seed);
    int magenta = 0;
    for (std::size_t i = 0; i < picture.pixels.size(); i += 3) {
      const int rest = picture.pixels[i + 1];
      magenta += picture.pixels[i] > 2 * rest && picture.pixels[i + 2] > 2 * rest ? 1 : 0;
    }
    with_photograph += magenta > 20 ? 1 : 0;
  }
  EXPECT_TRUE(with_photograph > 40 && with_photograph < 75) << with_photograph;
}

TEST(SceneSynthesis, TakesTheSmallestFramesAndPhotographs) {
  for (std::uint64_t seed = 0; seed < 20; ++seed) {
    const Image picture =
        painted({rectangle(1, 1, kGreen)}, {plain_image(1, 1, kMagenta)}, 32, seed);
    EXPECT_EQ(picture.width, 32);
  }
}

TEST(SceneSynthesis, UsesAllFrames) {
  const std::vector<Layer> frames = {rectangle(40, 40, {250, 10, 10}),
                                     rectangle(40, 40, {10, 10, 250})};
  int both = 0;
  for (std::uint64_t seed = 0; seed < 40; ++seed) {
    const Image picture = painted(frames, {}, 48, seed);
    int red = 0;
    int blue = 0;
    for (std::size_t i = 0; i < picture.pixels.size(); i += 3) {
      red += picture.pixels[i] > 3 * picture.pixels[i + 2] ? 1 : 0;
      blue += picture.pixels[i + 2] > 3 * picture.pixels[i] ? 1 : 0;
    }
    both += red > 50 && blue > 50 ? 1 : 0;
  }
  EXPECT_GT(both, 8);
}

}  // namespace
}  // namespace pomona
