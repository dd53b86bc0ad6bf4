// SPDX-License-Identifier: Apache-2.0
#include "pomona/compose/canvas.h"

#include <gtest/gtest.h>

#include "pomona/compose/made_up_layers.h"
#include "pomona/image/golden_image.h"

namespace pomona {
namespace {

Canvas grey_canvas(int width, int height, float level) {
  Canvas canvas;
  canvas.set_size(width, height);
  std::ranges::fill(canvas.pixels, level);
  return canvas;
}

TEST(Canvas, AnImageComesBackAsItWas) {
  const Image scene = read_golden_ppm("scene.ppm");
  Canvas canvas;
  Image result;
  to_canvas(scene, canvas);
  to_image(canvas, result);
  EXPECT_EQ(largest_difference(result, scene), 0);
}

TEST(Canvas, WhatIsTooBrightOrTooDarkIsCutOff) {
  Canvas canvas = grey_canvas(1, 1, 0);
  canvas.pixels = {-0.5F, 1.7F, 0.5F};
  Image result;
  to_image(canvas, result);
  EXPECT_EQ(result.pixels, (std::vector<std::uint8_t>{0, 255, 128}));
}

TEST(Canvas, LayersAreDrawnOverWhatIsThere) {
  Layer layer = rectangle(2, 1, {255, 0, 51});
  for (int i = 4; i < 8; ++i) layer.pixels[static_cast<std::size_t>(i)] /= 3;  // a third of it
  Canvas canvas = grey_canvas(3, 2, 0.6F);
  draw(layer, 1, 1, Shade(), canvas);
  EXPECT_FLOAT_EQ(canvas.row(0)[3], 0.6F);
  EXPECT_FLOAT_EQ(canvas.row(1)[0], 0.6F);
  EXPECT_FLOAT_EQ(canvas.row(1)[3], 1);
  EXPECT_FLOAT_EQ(canvas.row(1)[5], 0.2F);
  EXPECT_FLOAT_EQ(canvas.row(1)[6], 0.6F * 2 / 3 + 1.0F / 3);
  EXPECT_FLOAT_EQ(canvas.row(1)[7], 0.6F * 2 / 3);
}

TEST(Canvas, PartsOfALayerMayLieOutside) {
  const Layer layer = rectangle(4, 4, {255, 255, 255});
  for (const auto& [left, top, drawn] :
       {std::tuple(-2, -3, 2), {4, 3, 4}, {-4, 0, 0}, {0, 5, 0}, {-1, 1, 12}, {-9, -9, 0}}) {
    Canvas canvas = grey_canvas(6, 5, 0);
    draw(layer, left, top, Shade(), canvas);
    EXPECT_EQ(std::ranges::count(canvas.pixels, 1.0F), 3 * drawn) << left << ", " << top;
  }
}

TEST(Canvas, ShadeIsBrighterOnOneSide) {
  Canvas canvas = grey_canvas(3, 3, 0);
  draw(rectangle(3, 3, {51, 51, 51}), 0, 0, {1.5F, 0.5F, -1}, canvas);
  EXPECT_FLOAT_EQ(canvas.row(1)[3], 0.3F);
  EXPECT_FLOAT_EQ(canvas.row(1)[0], 0.2F);
  EXPECT_FLOAT_EQ(canvas.row(1)[6], 0.4F);
  EXPECT_FLOAT_EQ(canvas.row(0)[3], 0.5F);
  EXPECT_FLOAT_EQ(canvas.row(2)[0], 0);
}

}  // namespace
}  // namespace pomona
