// SPDX-License-Identifier: Apache-2.0
#include "pomona/image/resize.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <cstdint>
#include <map>
#include <string>
#include <utility>

#include "pomona/image/golden_image.h"

namespace pomona {
namespace {

const std::map<std::string, ResizeFilter>& filters() {
  static const std::map<std::string, ResizeFilter> by_name = {{"box", ResizeFilter::kBox},
                                                              {"bilinear", ResizeFilter::kBilinear},
                                                              {"bicubic", ResizeFilter::kBicubic},
                                                              {"lanczos", ResizeFilter::kLanczos}};
  return by_name;
}

TEST(Resize, PixelsAreThoseOfPillow) {
  Resizer resizer;
  Image result;
  for (const Json& golden : golden_cases("resize")) {
    SCOPED_TRACE(golden.at("expected").get<std::string>());
    const Json& box = golden.at("box");
    resizer.resize(read_golden_ppm(golden.at("source")),
                   {box.at(0), box.at(1), box.at(2), box.at(3)}, golden.at("width"),
                   golden.at("height"), filters().at(golden.at("filter")), result);
    EXPECT_EQ(largest_difference(result, read_golden_ppm(golden.at("expected"))), 0);
  }
}

TEST(Resize, FitsAreThoseOfPillow) {
  const std::map<std::string, Fit> fits = {
      {"squash", Fit::kSquash}, {"crop", Fit::kCrop}, {"pad", Fit::kPad}};
  Resizer resizer;
  Image result;
  for (const Json& golden : golden_cases("fit")) {
    SCOPED_TRACE(golden.at("expected").get<std::string>());
    resizer.fit(read_golden_ppm(golden.at("source")), fits.at(golden.at("fit")), golden.at("side"),
                filters().at(golden.at("filter")), result);
    EXPECT_EQ(largest_difference(result, read_golden_ppm(golden.at("expected"))), 0);
  }
}

TEST(Resize, TheSameSizeIsTheSamePicture) {
  const Image scene = read_golden_ppm("scene.ppm");
  Image result;
  for (const auto& [name, filter] : filters()) {
    Resizer().resize(scene, scene.width, scene.height, filter, result);
    EXPECT_EQ(result.pixels, scene.pixels) << name;
  }
}

TEST(Resize, ScalingKeepsProportions) {
  Image wide;
  wide.set_size(301, 200);
  Image result;
  Resizer().scale(wide, 64, 200, ResizeFilter::kBox, result);
  EXPECT_EQ(result.width, 96);
  EXPECT_EQ(result.height, 64);
  Resizer().scale(wide, 1, 301, ResizeFilter::kBox, result);
  EXPECT_EQ(result.width, 1);
  EXPECT_EQ(result.height, 1);
}

TEST(Resize, OneColourStaysThatColourAtAnySize) {
  Resizer resizer;
  Image source;
  Image result;
  for (const int from : {1, 2, 5, 33, 100}) {
    source.set_size(from, 2 * from + 1);
    std::ranges::fill(source.pixels, std::uint8_t{201});
    for (const int to : {1, 3, 4, 10, 31, 130}) {
      for (const auto& [name, filter] : filters()) {
        resizer.resize(source, to, to + 1, filter, result);
        EXPECT_TRUE(std::ranges::all_of(result.pixels, [](int level) { return level == 201; }))
            << name << " from " << from << " to " << to;
      }
    }
  }
}

TEST(Resize, AVeryLongPictureIsPaddedWithOneLine) {
  Image source;
  source.set_size(1000, 1);
  std::ranges::fill(source.pixels, std::uint8_t{10});
  Image result;
  Resizer().fit(source, Fit::kPad, 16, ResizeFilter::kBicubic, result);
  int painted = 0;
  for (int y = 0; y < 16; ++y) painted += result.row(y)[0] == 10 ? 1 : 0;
  EXPECT_EQ(painted, 1);
  EXPECT_EQ(result.row(0)[0], 127);
  EXPECT_EQ(result.row(15)[47], 127);
}

TEST(Resize, ManySizesInTurnDoNotMixTheirTables) {
  const Image scene = read_golden_ppm("scene.ppm");
  Resizer kept;
  Image first;
  Image second;
  for (int round = 0; round < 3; ++round) {
    for (int side = 3; side < 30; side += 2) {
      kept.resize(scene, side, side + 1, ResizeFilter::kLanczos, first);
      Resizer().resize(scene, side, side + 1, ResizeFilter::kLanczos, second);
      ASSERT_EQ(first.pixels, second.pixels) << side;
    }
  }
}

}  // namespace
}  // namespace pomona
