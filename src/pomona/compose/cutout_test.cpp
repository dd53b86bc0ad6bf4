// SPDX-License-Identifier: Apache-2.0
#include "pomona/compose/cutout.h"

#include <gmock/gmock.h>

#include <numbers>

#include "pomona/compose/made_up_layers.h"

namespace pomona {
namespace {

using testing::HasSubstr;

constexpr Rgb kRed = {200, 40, 30};

double sum_of_alpha(const Layer& layer) {
  double sum = 0;
  for (std::size_t i = 3; i < layer.pixels.size(); i += 4) sum += layer.pixels[i];
  return sum / 255;
}

const std::uint8_t* middle_of_layer(const Layer& layer) {
  return layer.row(layer.height / 2) + 4 * static_cast<std::ptrdiff_t>(layer.width / 2);
}

TEST(Cutout, ADiscIsCutOutWithItsEdge) {
  Layer fruit;
  ASSERT_TRUE(Cutter().cut(disc_on_white(64, 20, kRed), fruit));
  EXPECT_NEAR(fruit.width, 48, 2);
  EXPECT_EQ(fruit.width, fruit.height);
  EXPECT_NEAR(sum_of_alpha(fruit), std::numbers::pi * 20 * 20, 15);
  EXPECT_EQ(middle_of_layer(fruit)[3], 255);
  EXPECT_EQ(fruit.row(0)[3], 0);
}

TEST(Cutout, NoWhiteIsLeftAtTheEdge) {
  Layer fruit;
  ASSERT_TRUE(Cutter().cut(disc_on_white(64, 20, kRed), fruit));
  int soft = 0;
  for (std::size_t i = 0; i < fruit.pixels.size(); i += 4) {
    const int alpha = fruit.pixels[i + 3];
    soft += alpha > 0 && alpha < 255 ? 1 : 0;
    for (std::size_t channel = 0; channel < 3; ++channel) {
      EXPECT_NEAR(fruit.pixels[i + channel], kRed[channel] * alpha / 255.0, 2.5);
    }
  }
  EXPECT_GT(soft, 60);
}

TEST(Cutout, HighlightsWithinStay) {
  Image studio = disc_on_white(64, 20, kRed);
  for (int y = 28; y < 34; ++y) std::fill_n(studio.row(y) + 3 * 28, 3 * 6, std::uint8_t{255});
  Layer fruit;
  ASSERT_TRUE(Cutter().cut(studio, fruit));
  EXPECT_NEAR(sum_of_alpha(fruit), std::numbers::pi * 20 * 20, 15);
}

TEST(Cutout, TracesOfJpegInTheGroundAreNoFruit) {
  Image studio = disc_on_white(64, 20, kRed);
  for (int x = 0; x < 64; x += 2) studio.row(3)[3 * x] = 240;
  Layer fruit;
  ASSERT_TRUE(Cutter().cut(studio, fruit));
  EXPECT_NEAR(fruit.height, 48, 2);
}

TEST(Cutout, FruitMayTouchAllSides) {
  Layer fruit;
  ASSERT_TRUE(Cutter().cut(disc_on_white(50, 25, kRed), fruit));
  EXPECT_EQ(fruit.width, 58);
  EXPECT_EQ(middle_of_layer(fruit)[3], 255);
}

TEST(Cutout, WithoutWhiteGroundThereIsNone) {
  Layer fruit;
  const auto cut = Cutter().cut(plain_image(20, 10, {180, 190, 200}), fruit);
  ASSERT_FALSE(cut);
  EXPECT_EQ(cut.error().kind, CutoutFailureKind::kNoGround);
  EXPECT_THAT(cut.error().message, HasSubstr("found 0 % of its border white"));
}

TEST(Cutout, WhiteAloneIsNoFruit) {
  Layer fruit;
  for (const int side : {1, 2, 30}) {
    const auto cut = Cutter().cut(plain_image(side, side, {250, 255, 252}), fruit);
    ASSERT_FALSE(cut);
    EXPECT_EQ(cut.error().kind, CutoutFailureKind::kNoFruit);
  }
}

TEST(Cutout, IsTheSameAfterOthers) {
  Cutter kept;
  Layer first;
  Layer second;
  ASSERT_TRUE(kept.cut(disc_on_white(90, 40, {20, 90, 30}), second));
  ASSERT_TRUE(kept.cut(disc_on_white(64, 20, kRed), second));
  ASSERT_TRUE(Cutter().cut(disc_on_white(64, 20, kRed), first));
  EXPECT_EQ(first.pixels, second.pixels);
}

}  // namespace
}  // namespace pomona
