// SPDX-License-Identifier: Apache-2.0
#include "pomona/compose/contact_sheet.h"

#include <gtest/gtest.h>

#include <algorithm>

namespace pomona {
namespace {

TEST(ContactSheet, HasRoomForAllLabelsAsLongAsTheyCanBeSeen) {
  for (const std::size_t labels : {1U, 2U, 5U, 131U, 240U, 241U, 1000U, 14'400U}) {
    for (const std::size_t pictures : {1U, 3U, 40U}) {
      SCOPED_TRACE(testing::Message() << labels << " labels, " << pictures << " pictures");
      const SheetLayout layout = lay_out_sheet(labels, pictures);
      EXPECT_EQ(layout.labels, labels);
      EXPECT_GE(layout.columns * layout.lines, labels);
      EXPECT_LT(layout.columns * (layout.lines - 1), labels) << "an empty line";
      EXPECT_TRUE(layout.pictures >= 1 && layout.pictures <= pictures);
      const auto tile = static_cast<std::size_t>(layout.tile);
      EXPECT_LE(layout.columns * layout.pictures * tile, std::size_t{kMostSheetPixels});
      EXPECT_LE(layout.lines * tile, std::size_t{kMostSheetPixels});
    }
  }
}

TEST(ContactSheet, OfFruits360ShowsSeveralPicturesOfEach) {
  const SheetLayout layout = lay_out_sheet(131, 40);
  EXPECT_EQ(layout.pictures, 3U);
  EXPECT_EQ(layout.tile, 160);
}

TEST(ContactSheet, OfTooManyLabelsShowsTheFirst) {
  const SheetLayout layout = lay_out_sheet(20'000, 40);
  EXPECT_EQ(layout.labels, 14'400U);
  EXPECT_EQ(layout.pictures, 1U);
}

TEST(ContactSheet, PutsPicturesInTheirPlaces) {
  ContactSheet sheet(5, 2);
  const SheetLayout layout = lay_out_sheet(5, 2);
  ASSERT_EQ(layout.columns, 2U);
  Resizer resizer;
  Image picture;
  picture.set_size(10, 10);
  std::ranges::fill(picture.pixels, std::uint8_t{7});
  sheet.put(3, 1, picture, resizer);  // second line, second column, right one of two
  sheet.put(5, 0, picture, resizer);  // nowhere
  sheet.put(0, 2, picture, resizer);  // nowhere
  const Image& image = sheet.image();
  ASSERT_EQ(image.width, 4 * layout.tile);
  ASSERT_EQ(image.height, 3 * layout.tile);
  for (int y = 0; y < image.height; ++y) {
    for (int x = 0; x < image.width; ++x) {
      const bool is_there = y / layout.tile == 1 && x / layout.tile == 3;
      ASSERT_EQ(image.row(y)[3 * x], is_there ? 7 : 255) << x << ", " << y;
    }
  }
}

}  // namespace
}  // namespace pomona
