// SPDX-License-Identifier: Apache-2.0
#include "pomona/image/formats/box_reducer.h"

#include <gtest/gtest.h>

#include "pomona/image/formats/decode_scale.h"
#include "pomona/image/golden_image.h"

namespace pomona {
namespace {

TEST(BoxReducer, PixelsAreThoseOfPillow) {
  BoxReducer reducer;
  Image image;
  int cases = 0;
  for (const Json& golden : golden_cases("reduced")) {
    const Image source = read_golden_ppm(golden.at("source"));
    reducer.begin(source.width, source.height, golden.at("factor").get<int>(), image);
    for (int y = 0; y < source.height; ++y) reducer.add_row(source.row(y));
    EXPECT_EQ(largest_difference(image, read_golden_ppm(golden.at("expected"))), 0) << golden;
    ++cases;
  }
  EXPECT_EQ(cases, 3);
}

TEST(DecodeScale, LeavesTwiceTheTargetOrOnceWhereMemoryIsShort) {
  const auto scale = [](std::uint64_t shorter, int target, std::uint64_t most) {
    return choose_decode_scale(shorter, target, most,
                               [&](int at) { return shorter / static_cast<std::uint64_t>(at); });
  };
  EXPECT_EQ(scale(4000, 0, 0), 1);
  EXPECT_EQ(scale(4000, 224, 4000), 8);
  EXPECT_EQ(scale(3583, 224, 4000), 4);
  EXPECT_EQ(scale(895, 224, 4000), 1);
  EXPECT_EQ(scale(895, 224, 894), 2);
  EXPECT_EQ(scale(895, 224, 1), 2) << "never smaller than the target";
  EXPECT_EQ(scale(447, 224, 1), 1);
  EXPECT_EQ(scale(1'000'000, 1, 1), 8);
}

}  // namespace
}  // namespace pomona
