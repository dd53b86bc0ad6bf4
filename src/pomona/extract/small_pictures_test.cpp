// SPDX-License-Identifier: Apache-2.0
#include "pomona/extract/small_pictures.h"

#include <gtest/gtest.h>

#include <string>
#include <vector>

namespace pomona {
namespace {

std::size_t kept_of(std::uint64_t photographs) {
  const SmallPictureChoice choice(photographs);
  std::size_t kept = 0;
  for (std::uint64_t i = 0; i < photographs; ++i) {
    if (choice.includes("label/" + std::to_string(i) + ".jpg")) ++kept;
  }
  return kept;
}

TEST(SmallPictureChoice, KeepsAllUpToFiftyThousandAndAShareAbove) {
  EXPECT_EQ(kept_of(0), 0U);
  EXPECT_EQ(kept_of(50'000), 50'000U);
  EXPECT_NEAR(static_cast<double>(kept_of(50'100)), 50'000, 200);
  EXPECT_NEAR(static_cast<double>(kept_of(200'000)), 50'000, 1'000);
}

// So that one more photograph does not exchange all that are shown.
TEST(SmallPictureChoice, KeepsOfMorePhotographsSomeOfThoseItKeptOfFewer) {
  const SmallPictureChoice few(100'000);
  const SmallPictureChoice many(200'000);
  for (int i = 0; i < 10'000; ++i) {
    const std::string path = std::to_string(i);
    EXPECT_TRUE(few.includes(path) || !many.includes(path)) << path;
  }
}

TEST(SmallPictures, GiveBackEachPictureAndItsRow) {
  SmallPictures pictures(::testing::TempDir());
  const std::vector<std::uint8_t> shades = {10, 20, 30};
  for (const std::uint8_t shade : shades) {
    pictures.append(shade, std::vector<std::uint8_t>(kPreviewBytes, shade));
  }
  EXPECT_EQ(pictures.rows(), (std::vector<std::size_t>{10, 20, 30}));
  Image picture;
  for (const std::size_t index : {2U, 0U, 1U}) {
    pictures.read(index, picture);
    EXPECT_EQ(picture.width, kPreviewSide);
    EXPECT_EQ(picture.pixels, std::vector<std::uint8_t>(kPreviewBytes, shades[index]));
  }
}

}  // namespace
}  // namespace pomona
