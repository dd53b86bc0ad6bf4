// SPDX-License-Identifier: Apache-2.0
#include "pomona/image/picture_quality.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <cmath>

namespace pomona {
namespace {

// Stripes of `period` pixels, between black and `brightest`; edges are `soft` pixels wide.
Image stripes(int side, int period, int brightest, double soft) {
  Image image;
  image.set_size(side, side);
  for (int y = 0; y < side; ++y) {
    for (int x = 0; x < side; ++x) {
      const double wave = std::sin(2 * 3.14159265358979 * x / period) * period / (3 * soft);
      const double level = brightest * (0.5 + 0.5 * std::clamp(wave, -1.0, 1.0));
      for (int c = 0; c < 3; ++c) image.row(y)[3 * x + c] = static_cast<std::uint8_t>(level);
    }
  }
  return image;
}

TEST(PictureQuality, TellsSoftEdgesFromSharpOnes) {
  const double sharp = picture_quality(stripes(200, 80, 200, 1)).sharpness;
  const double soft = picture_quality(stripes(200, 80, 200, 4)).sharpness;
  const double blurred = picture_quality(stripes(200, 80, 200, 24)).sharpness;
  EXPECT_GT(sharp, 0.6);
  EXPECT_GT(sharp, soft);
  EXPECT_GT(soft, blurred);
  EXPECT_LT(blurred, 0.11);
}

TEST(PictureQuality, DoesNotDependOnLightOrSize) {
  const double sharpness = picture_quality(stripes(256, 64, 240, 4)).sharpness;
  EXPECT_NEAR(picture_quality(stripes(256, 64, 60, 4)).sharpness, sharpness, 0.08);
  EXPECT_NEAR(picture_quality(stripes(1024, 256, 240, 16)).sharpness, sharpness, 0.08);
}

TEST(PictureQuality, SaysHowBrightAndHowLarge) {
  const PictureQuality quality = picture_quality(stripes(120, 40, 102, 1));
  EXPECT_EQ(quality.shorter_side, 120);
  EXPECT_NEAR(quality.brightness, 0.4, 0.01);
  Image black;
  black.set_size(50, 30);
  EXPECT_EQ(picture_quality(black).shorter_side, 30);
  EXPECT_EQ(picture_quality(black).brightness, 0);
  EXPECT_EQ(picture_quality(black).sharpness, 0);
  EXPECT_EQ(picture_quality(Image()).shorter_side, 0);
}

}  // namespace
}  // namespace pomona
