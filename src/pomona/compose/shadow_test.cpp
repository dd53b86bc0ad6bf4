// SPDX-License-Identifier: Apache-2.0
#include "pomona/compose/shadow.h"

#include <gtest/gtest.h>

#include <algorithm>

#include "pomona/compose/made_up_layers.h"

namespace pomona {
namespace {

Canvas shaded(const Shadow& shadow, int left = 40, int top = 40) {
  Canvas canvas;
  canvas.set_size(120, 120);
  std::ranges::fill(canvas.pixels, 1.0F);
  ShadowCaster().cast(rectangle(40, 40, {0, 0, 0}), left, top, shadow, canvas);
  return canvas;
}

TEST(Shadow, IsDarkestBelowTheLayerAndEndsNotFarFromIt) {
  const Canvas canvas = shaded({0, 0, 4, 0.5});
  EXPECT_NEAR(canvas.row(60)[3 * 60], 0.5, 0.01);
  EXPECT_NEAR(canvas.row(60)[3 * 40], 0.75, 0.03);  // at the edge half of it
  EXPECT_NEAR(canvas.row(60)[3 * 22], 1, 0.01);
  EXPECT_EQ(canvas.row(5)[0], 1);
}

TEST(Shadow, IsSmoothAndTheSameOnBothSides) {
  const Canvas canvas = shaded({0, 0, 6, 0.8});
  for (int x = 0; x < 119; ++x) {
    EXPECT_NEAR(canvas.row(60)[3 * x], canvas.row(60)[3 * (119 - x)], 1e-4) << x;
    EXPECT_NEAR(canvas.row(60)[3 * x], canvas.row(60)[3 * x + 3], 0.08) << x;
  }
}

TEST(Shadow, FallsWhereItIsSent) {
  const Canvas canvas = shaded({30, -12, 2, 1});
  EXPECT_NEAR(canvas.row(48)[3 * 90], 0, 0.02);
  EXPECT_NEAR(canvas.row(48)[3 * 60], 1, 0.02);
  EXPECT_NEAR(canvas.row(75)[3 * 90], 1, 0.02);
}

TEST(Shadow, MayLieOutside) {
  EXPECT_LT(shaded({0, 0, 5, 1}, -38, -38).row(0)[0], 0.7F);
  EXPECT_LT(shaded({0, 0, 5, 1}, 118, 118).row(119)[3 * 119], 0.7F);
  EXPECT_EQ(shaded({0, 0, 5, 1}, 500, -300).pixels, shaded({0, 0, 5, 0}).pixels);
}

}  // namespace
}  // namespace pomona
