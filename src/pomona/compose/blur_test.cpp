// SPDX-License-Identifier: Apache-2.0
#include "pomona/compose/blur.h"

#include <gtest/gtest.h>

#include <numeric>

#include "pomona/image/golden_image.h"

namespace pomona {
namespace {

Canvas point(int side) {
  Canvas canvas;
  canvas.set_size(side, side);
  std::ranges::fill(canvas.pixels, 0.0F);
  std::fill_n(canvas.row(side / 2) + 3 * static_cast<std::ptrdiff_t>(side / 2), 3, 1.0F);
  return canvas;
}

double sum_of(const Canvas& canvas) {
  return std::accumulate(canvas.pixels.begin(), canvas.pixels.end(), 0.0);
}

TEST(Blur, PixelsAreThoseOfScipy) {
  Blurrer blurrer;
  Canvas canvas;
  Image result;
  for (const Json& golden : golden_cases("blur")) {
    SCOPED_TRACE(golden.at("expected").get<std::string>());
    to_canvas(read_golden_ppm("scene.ppm"), canvas);
    blurrer.gaussian(canvas, golden.at("sigma"));
    to_image(canvas, result);
    EXPECT_LE(largest_difference(result, read_golden_ppm(golden.at("expected"))), 1);
  }
}

TEST(Blur, OneChannelIsBlurredLikeThree) {
  Canvas canvas = point(21);
  std::vector<float> mask(21 * 21);
  mask[10 * 21 + 10] = 1;
  Blurrer blurrer;
  blurrer.gaussian(canvas, 1.7);
  blurrer.gaussian(mask, 21, 21, 1, 1.7);
  for (std::size_t i = 0; i < mask.size(); ++i) EXPECT_EQ(mask[i], canvas.pixels[3 * i]);
}

TEST(Blur, ABellWiderThanThePictureKeepsOneColour) {
  Canvas canvas;
  canvas.set_size(5, 3);
  std::ranges::fill(canvas.pixels, 0.25F);
  Blurrer blurrer;
  blurrer.gaussian(canvas, 9);
  blurrer.motion(canvas, 30, 20);
  for (const float value : canvas.pixels) EXPECT_NEAR(value, 0.25, 1e-5);
}

TEST(Blur, WithoutWidthNothingHappens) {
  Canvas canvas = point(9);
  Blurrer blurrer;
  blurrer.gaussian(canvas, 0);
  blurrer.motion(canvas, 0, 45);
  EXPECT_EQ(canvas.pixels, point(9).pixels);
}

TEST(Blur, MotionDrawsAPointAlongItsDirection) {
  Canvas canvas = point(31);
  Blurrer().motion(canvas, 8, 0);
  EXPECT_NEAR(sum_of(canvas), 3, 1e-5);
  for (int x = 0; x < 31; ++x) {
    EXPECT_NEAR(canvas.row(15)[3 * x], x >= 11 && x <= 19 ? 1 / 9.0 : 0, 1e-6) << x;
  }
  canvas = point(31);
  Blurrer().motion(canvas, 8, 90);
  for (int y = 0; y < 31; ++y) {
    EXPECT_NEAR(canvas.row(y)[3 * 15], y >= 11 && y <= 19 ? 1 / 9.0 : 0, 1e-6) << y;
  }
}

}  // namespace
}  // namespace pomona
