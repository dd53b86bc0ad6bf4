// SPDX-License-Identifier: Apache-2.0
#include "pomona/image/image_format.h"

#include <gtest/gtest.h>

#include <string>

namespace pomona {
namespace {

using namespace std::string_literals;

TEST(SniffFormat, D9TellsFormatsByTheirFirstBytes) {
  EXPECT_EQ(sniff_format("\xff\xd8\xff\xe0"s), ImageFormat::kJpeg);
  EXPECT_EQ(sniff_format("\x89PNG\r\n\x1a\n"s), ImageFormat::kPng);
  EXPECT_EQ(sniff_format("RIFF\x10\0\0\0WEBPVP8 "s), ImageFormat::kWebp);
  EXPECT_EQ(sniff_format("GIF87a"s), ImageFormat::kGif);
  EXPECT_EQ(sniff_format("GIF89a"s), ImageFormat::kGif);
  EXPECT_EQ(sniff_format("BM\x46\0\0\0\0\0\0\0\x36\0\0\0\x28\0\0\0"s), ImageFormat::kBmp);
  EXPECT_EQ(sniff_format("II\x2a\0\x08\0\0\0"s), ImageFormat::kTiff);
  EXPECT_EQ(sniff_format("MM\0\x2a\0\0\0\x08"s), ImageFormat::kTiff);
  EXPECT_EQ(sniff_format("MM\0\x2b\0\x08\0\0"s), ImageFormat::kTiff);
  EXPECT_EQ(sniff_format("\0\0\0\x0cJXL \r\n\x87\n"s), ImageFormat::kJxl);
  EXPECT_EQ(sniff_format("\xff\x0a\xfa"s), ImageFormat::kJxl);
  EXPECT_EQ(sniff_format("\0\0\0\x0cjP  \r\n\x87\n"s), ImageFormat::kJpeg2000);
  EXPECT_EQ(sniff_format("\xff\x4f\xff\x51"s), ImageFormat::kJpeg2000);
}

TEST(SniffFormat, D11TellsHeicAvifAndFilmsApartByTheirBrands) {
  EXPECT_EQ(sniff_format("\0\0\0\x18"s + "ftypheic\0\0\0\0mif1heic"s), ImageFormat::kHeif);
  EXPECT_EQ(sniff_format("\0\0\0\x18"s + "ftypmif1\0\0\0\0mif1heic"s), ImageFormat::kHeif);
  EXPECT_EQ(sniff_format("\0\0\0\x1c"s + "ftypmif1\0\0\0\0mif1avifmiaf"s), ImageFormat::kAvif);
  EXPECT_EQ(sniff_format("\0\0\0\x14"s + "ftypavif\0\0\0\0mif1"s), ImageFormat::kAvif);
  EXPECT_EQ(sniff_format("\0\0\0\x18"s + "ftypisom\0\0\0\0isomiso2"s), ImageFormat::kNone);
  // What follows the box is no brand.
  EXPECT_EQ(sniff_format("\0\0\0\x10"s + "ftypisom\0\0\0\0heic"s), ImageFormat::kNone);
  EXPECT_EQ(sniff_format("\0\0\0\x10"s + "ftypisomheic"s), ImageFormat::kNone) << "a version";
}

TEST(SniffFormat, D9NothingElseIsAnImage) {
  EXPECT_EQ(sniff_format(""), ImageFormat::kNone);
  EXPECT_EQ(sniff_format("\xff\xd8"s), ImageFormat::kNone);
  EXPECT_EQ(sniff_format("\x89PNG"s), ImageFormat::kNone);
  EXPECT_EQ(sniff_format("RIFF\x10\0\0\0WAVEfmt "s), ImageFormat::kNone);
  EXPECT_EQ(sniff_format("BMW is a maker of cars and bikes"s), ImageFormat::kNone);
  EXPECT_EQ(sniff_format(std::string(64, '\0')), ImageFormat::kNone);
  EXPECT_EQ(sniff_format("PK\x03\x04 a zip"s), ImageFormat::kNone);
}

TEST(ImageFormatName, IsWhatPeopleCallIt) {
  EXPECT_EQ(image_format_name(ImageFormat::kHeif), "HEIC");
  EXPECT_EQ(image_format_name(ImageFormat::kWebp), "WebP");
  EXPECT_EQ(image_format_name(ImageFormat::kNone), "");
}

}  // namespace
}  // namespace pomona
