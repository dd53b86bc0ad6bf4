// SPDX-License-Identifier: Apache-2.0
#include "pomona/compose/relight.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <cmath>

namespace pomona {
namespace {

Canvas ramp() {
  Canvas canvas;
  canvas.set_size(101, 1);
  for (int x = 0; x <= 100; ++x)
    std::fill_n(canvas.row(0) + 3 * x, 3, 0.01F * static_cast<float>(x));
  return canvas;
}

Canvas one_colour(const std::array<float, 3>& colour, int side = 1) {
  Canvas canvas;
  canvas.set_size(side, side);
  for (std::size_t i = 0; i < canvas.pixels.size(); ++i) canvas.pixels[i] = colour[i % 3];
  return canvas;
}

std::vector<float> relit(const std::array<float, 3>& colour, const Light& light) {
  Canvas canvas = one_colour(colour);
  relight(light, canvas);
  return canvas.pixels;
}

TEST(Relight, TheUsualLightChangesNothingButHighlights) {
  Canvas canvas = ramp();
  relight(Light(), canvas);
  for (int x = 0; x <= 85; ++x) EXPECT_NEAR(canvas.row(0)[3 * x], 0.01 * x, 3e-4);
  EXPECT_NEAR(canvas.row(0)[300], 0.85 + 0.15 * (1 - std::exp(-1)), 1e-3);
}

TEST(Relight, BrighterStaysBrighterAndNothingExceedsWhite) {
  for (const Light& light : {Light{1.5, 0.7, 1.4}, Light{-1, 1.3, 0.7}}) {
    Canvas canvas = ramp();
    relight(light, canvas);
    for (int x = 1; x <= 100; ++x) {
      EXPECT_GE(canvas.row(0)[3 * x], canvas.row(0)[3 * x - 3]);
      EXPECT_LE(canvas.row(0)[3 * x], 1);
    }
    EXPECT_GT(canvas.row(0)[3 * 60], canvas.row(0)[3 * 20] + 0.1F);
  }
}

TEST(Relight, AStopIsTwiceTheLight) {
  Light light;
  light.exposure = 1;
  EXPECT_NEAR(std::pow(relit({0.3F, 0.3F, 0.3F}, light)[0] / 0.3, 2.2), 2, 0.02);
}

TEST(Relight, GammaAndContrastAreAboutMiddleTones) {
  Light light;
  light.gamma = 2;
  EXPECT_NEAR(relit({0.5F, 0.5F, 0.5F}, light)[0], 0.25, 1e-3);
  light = Light();
  light.contrast = 1.5;
  EXPECT_NEAR(relit({0.5F, 0.5F, 0.5F}, light)[0], 0.5, 1e-3);
  EXPECT_NEAR(relit({0.3F, 0.3F, 0.3F}, light)[0], 0.2, 1e-3);
}

TEST(Relight, ABulbIsRedderThanShade) {
  Light light;
  light.warmth = 150;
  const auto bulb = relit({0.5F, 0.5F, 0.5F}, light);
  EXPECT_GT(bulb[0], 0.6F);
  EXPECT_NEAR(bulb[1], 0.5F, 1e-3);
  EXPECT_LT(bulb[2], 0.37F);
  light.warmth = -60;
  const auto shade = relit({0.5F, 0.5F, 0.5F}, light);
  EXPECT_LT(shade[0], 0.47F);
  EXPECT_GT(shade[2], 0.55F);
  light = Light();
  light.tint = 0.05;
  EXPECT_NEAR(relit({0.5F, 0.5F, 0.5F}, light)[1], 0.525, 1e-3);
}

TEST(Relight, WithoutSaturationAllIsGrey) {
  Light light;
  light.saturation = 0;
  const auto grey = relit({0.8F, 0.4F, 0.2F}, light);
  EXPECT_NEAR(grey[0], 0.299 * 0.8 + 0.587 * 0.4 + 0.114 * 0.2, 1e-3);
  EXPECT_EQ(grey[0], grey[1]);
  EXPECT_EQ(grey[0], grey[2]);
}

TEST(Relight, LightFallsOffTowardsOneSideAndTheCorners) {
  Light light;
  light.slope = {0.4, -0.2};
  Canvas canvas = one_colour({0.5F, 0.5F, 0.5F}, 9);
  relight(light, canvas);
  EXPECT_NEAR(canvas.row(4)[3 * 4], 0.5, 1e-3);
  EXPECT_NEAR(canvas.row(4)[3 * 8], 0.5 * (1 + 0.4 * 8 / 9), 1e-3);
  EXPECT_NEAR(canvas.row(8)[3 * 4], 0.5 * (1 - 0.2 * 8 / 9), 1e-3);
  light = Light();
  light.vignette = 0.4;
  canvas = one_colour({0.5F, 0.5F, 0.5F}, 9);
  relight(light, canvas);
  EXPECT_NEAR(canvas.row(4)[3 * 4], 0.5, 1e-3);
  EXPECT_NEAR(canvas.row(0)[0], 0.5 * (1 - 0.4 * 64 / 81), 1e-3);
}

}  // namespace
}  // namespace pomona
