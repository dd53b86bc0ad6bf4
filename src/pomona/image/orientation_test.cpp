// SPDX-License-Identifier: Apache-2.0
// Pictures of all eight orientations are compared with Pillow's in decode_test.cpp.
#include "pomona/image/orientation.h"

#include <gtest/gtest.h>

#include <cstdint>
#include <string>
#include <utility>

#include "pomona/image/golden_image.h"

namespace pomona {
namespace {

using namespace std::string_literals;

// A TIFF structure with one directory of one entry, little-endian.
std::string tiff(char type, char count, char value) {
  return "II\x2a\0\x08\0\0\0\x01\0\x12\x01"s + type + "\0"s + count + "\0\0\0"s + value +
         "\0\0\0\0\0\0\0"s;
}

int read_exif_orientation(std::string_view exif) { return read_orientation(exif, ""); }

std::string from_hex(const std::string& digits) {
  std::string bytes;
  for (std::size_t at = 0; at + 1 < digits.size(); at += 2) {
    bytes.push_back(static_cast<char>(std::stoi(digits.substr(at, 2), nullptr, 16)));
  }
  return bytes;
}

// Every type of number, none to three of them, in both orders; XMP beside EXIF and alone.
TEST(Orientation, D6IsThatOfPillow) {
  std::size_t turned = 0;
  for (const Json& golden : golden_cases("orientation")) {
    const auto exif = golden.at("exif").get<std::string>();
    const auto xmp = golden.at("xmp").get<std::string>();
    const int expected = golden.at("orientation").get<int>();
    EXPECT_EQ(read_orientation(from_hex(exif), xmp), expected) << exif << " " << xmp;
    turned += expected > 1 ? 1U : 0U;
  }
  EXPECT_GT(turned, 80U);
}

TEST(ExifOrientation, D6IsReadWithAndWithoutItsPrefix) {
  EXPECT_EQ(read_exif_orientation(tiff(3, 1, 6)), 6);
  EXPECT_EQ(read_exif_orientation("Exif\0\0"s + tiff(3, 1, 8)), 8);
  EXPECT_EQ(read_exif_orientation("MM\0\x2a\0\0\0\x08\0\x01\x01\x12\0\x03\0\0\0\x01\0\x05\0\0"s),
            5);
}

TEST(ExifOrientation, D6WhatIsNotOneToEightIsUpright) {
  EXPECT_EQ(read_exif_orientation(tiff(3, 1, 0)), 1);
  EXPECT_EQ(read_exif_orientation(tiff(3, 1, 9)), 1);
  EXPECT_EQ(read_exif_orientation(tiff(2, 1, 6)), 1) << "a text";
  EXPECT_EQ(read_exif_orientation(tiff(3, 0, 6)), 1) << "no number";
  EXPECT_EQ(read_exif_orientation(""), 1);
  EXPECT_EQ(read_exif_orientation("Exif\0\0"s), 1);
  EXPECT_EQ(read_exif_orientation("nothing like it"), 1);
}

TEST(ExifOrientation, D6BrokenDirectoriesAreUpright) {
  const std::string good = tiff(3, 1, 6);
  for (std::size_t size = 0; size < 8 + 2 + 12; ++size) {
    EXPECT_EQ(read_exif_orientation(good.substr(0, size)), 1) << size;
  }
  std::string far_away = good;
  far_away.replace(4, 4, "\xff\xff\xff\xff");
  EXPECT_EQ(read_exif_orientation(far_away), 1);
  std::string many_entries = good;
  many_entries.replace(8, 4, "\xff\xff\x00\x01"s);
  EXPECT_EQ(read_exif_orientation(many_entries), 1);
  // A directory that lies in the header, and one whose successor is itself.
  std::string in_header = good;
  in_header[4] = 0;
  EXPECT_EQ(read_exif_orientation(in_header), 1);
  std::string circle = "II\x2a\0\x08\0\0\0\0\0\x08\0\0\0"s;
  EXPECT_EQ(read_exif_orientation(circle), 1);
}

TEST(TurnUpright, AnUprightPictureStaysWhereItIs) {
  Image image;
  image.set_size(3, 2);
  const std::uint8_t* pixels = image.pixels.data();
  Image scratch;
  turn_upright(image, 1, scratch);
  EXPECT_EQ(image.pixels.data(), pixels);
  EXPECT_EQ(scratch.pixels.capacity(), 0U);
}

TEST(TurnUpright, TurnsLargePicturesAcrossTiles) {
  Image image;
  image.set_size(70, 45);
  for (int y = 0; y < image.height; ++y) {
    for (int x = 0; x < image.width; ++x) {
      image.row(y)[3 * x] = static_cast<std::uint8_t>(x);
      image.row(y)[3 * x + 1] = static_cast<std::uint8_t>(y);
    }
  }
  Image scratch;
  turn_upright(image, 6, scratch);  // a quarter clockwise
  ASSERT_EQ(std::pair(image.width, image.height), std::pair(45, 70));
  for (int y = 0; y < image.height; ++y) {
    for (int x = 0; x < image.width; ++x) {
      ASSERT_EQ(image.row(y)[3 * x], y);
      ASSERT_EQ(image.row(y)[3 * x + 1], 44 - x);
    }
  }
}

}  // namespace
}  // namespace pomona
