// SPDX-License-Identifier: Apache-2.0
#include "pomona/compose/warp.h"

#include <gtest/gtest.h>

#include "pomona/compose/made_up_layers.h"
#include "pomona/image/golden_image.h"

namespace pomona {
namespace {

Layer layer_of(const Image& image) {
  Layer layer = rectangle(image.width, image.height, {0, 0, 0});
  for (std::size_t i = 0; i < image.pixels.size(); ++i) {
    layer.pixels[i / 3 * 4 + i % 3] = image.pixels[i];
  }
  return layer;
}

Image colours_of(const Layer& layer) {
  Image image;
  image.set_size(layer.width, layer.height);
  for (std::size_t i = 0; i < image.pixels.size(); ++i) {
    image.pixels[i] = layer.pixels[i / 3 * 4 + i % 3];
  }
  return image;
}

double alpha_of(const Layer& layer) {
  double sum = 0;
  for (std::size_t i = 3; i < layer.pixels.size(); i += 4) sum += layer.pixels[i];
  return sum / 255;
}

TEST(Warp, PixelsAreThoseOfPillow) {
  Warper warper;
  Layer result;
  for (const Json& golden : golden_cases("warp")) {
    SCOPED_TRACE(golden.at("expected").get<std::string>());
    const Json& map = golden.at("map");
    warper.warp(layer_of(read_golden_ppm("scene.ppm")),
                {map.at(0), map.at(1), map.at(2), map.at(3), map.at(4), map.at(5)},
                golden.at("width"), golden.at("height"), result);
    EXPECT_LE(largest_difference(colours_of(result), read_golden_ppm(golden.at("expected"))), 1);
  }
}

TEST(Warp, WithoutAPoseALayerStaysAsItIs) {
  const Layer scene = layer_of(read_golden_ppm("scene.ppm"));
  Layer result;
  Warper().pose(scene, Pose(), result);
  EXPECT_EQ(result.pixels, scene.pixels);
}

// The pixel in the upper left corner goes where the pose says.
TEST(Warp, PosesTurnClockwiseAfterMirroring) {
  Layer layer = rectangle(9, 9, {0, 0, 0});
  layer.row(1)[4 * 1] = 255;
  Layer result;
  const auto brightest = [&] {
    std::pair<int, int> place{-1, -1};
    int most = 0;
    for (int y = 0; y < result.height; ++y) {
      for (int x = 0; x < result.width; ++x) {
        if (result.row(y)[4 * x] <= most) continue;
        most = result.row(y)[4 * x];
        place = {x, y};
      }
    }
    return place;
  };
  Pose pose;
  pose.degrees = 90;
  Warper().pose(layer, pose, result);
  EXPECT_EQ(brightest(), std::pair(7, 1));
  pose.mirrored = true;
  Warper().pose(layer, pose, result);
  EXPECT_EQ(brightest(), std::pair(7, 7));
  pose.degrees = 0;
  Warper().pose(layer, pose, result);
  EXPECT_EQ(brightest(), std::pair(7, 1));
}

TEST(Warp, PosesAreAsLargeAsTheyNeedToBe) {
  Layer result;
  Pose pose;
  pose.scale = 1.5;
  pose.squeeze = 0.5;
  Warper().pose(rectangle(40, 20, {9, 9, 9}), pose, result);
  EXPECT_EQ(result.width, 60);
  EXPECT_EQ(result.height, 15);
  EXPECT_NEAR(alpha_of(result), 60 * 15, 1);
  pose.squeeze = 1;
  pose.degrees = 30;
  Warper().pose(rectangle(40, 20, {9, 9, 9}), pose, result);
  EXPECT_EQ(result.width, 67);   // 60 cos 30° + 30 sin 30°
  EXPECT_EQ(result.height, 56);  // 60 sin 30° + 30 cos 30°
  EXPECT_NEAR(alpha_of(result), 60 * 30, 12);
}

TEST(Warp, MuchSmallerIsTheMeanOfWhatWasThere) {
  Layer lines = rectangle(128, 128, {0, 0, 0});
  for (int y = 0; y < 128; y += 2) {
    for (int x = 0; x < 128; ++x) lines.row(y)[4 * x] = 200;
  }
  Layer result;
  Pose pose;
  pose.scale = 0.2;
  Warper().pose(lines, pose, result);
  EXPECT_EQ(result.width, 26);
  for (int y = 3; y < 23; ++y) {
    for (int x = 3; x < 23; ++x) EXPECT_NEAR(result.row(y)[4 * x], 100, 2);
  }
}

TEST(Warp, NothingIsBrighterThanItsAlpha) {
  Layer spots;
  spots.clear(12, 12);
  for (int i = 0; i < 12; i += 3) std::fill_n(spots.row(i) + 4 * i, 4, std::uint8_t{255});
  Layer result;
  Pose pose;
  pose.scale = 2.7;
  pose.degrees = 33;
  Warper().pose(spots, pose, result);
  for (std::size_t i = 0; i < result.pixels.size(); i += 4) {
    EXPECT_LE(result.pixels[i], result.pixels[i + 3]);
  }
}

}  // namespace
}  // namespace pomona
