// SPDX-License-Identifier: Apache-2.0
// Hostile PNG files; what good ones look like is in decode_test.cpp.
#include "pomona/image/formats/png.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <string>

#include "pomona/image/golden_image.h"

namespace pomona {
namespace {

using namespace std::string_literals;
using testing::HasSubstr;
using testing::Not;

constexpr std::size_t kHeaderEnd = 8 + 25;  // signature and IHDR

std::string be32(std::uint32_t value) {
  return {static_cast<char>(value >> 24U), static_cast<char>(value >> 16U & 255U),
          static_cast<char>(value >> 8U & 255U), static_cast<char>(value & 255U)};
}

DecodeFailure failure_of(const std::string& bytes) {
  Image image;
  const auto done = PngReader().read(bytes, DecodeLimits{}, /*target_side=*/0, image);
  return done ? DecodeFailure{DecodeFailureKind::kCorrupt, "none"} : done.error();
}

TEST(Png, D1SidesBeyondTheLimitAreRefusedByTheHeader) {
  std::string bytes = read_golden("rgb.png");
  for (const std::uint32_t side : {65500U, 0x7fffffffU, 0xffffffffU}) {
    bytes.replace(16, 8, be32(side) + be32(side));
    EXPECT_EQ(failure_of(bytes).kind, DecodeFailureKind::kTooLarge) << side;
  }
  bytes.replace(16, 8, be32(0) + be32(17));
  EXPECT_EQ(failure_of(bytes).kind, DecodeFailureKind::kCorrupt);
}

// `rgb.png` with another size in its header; the checksum is wrong, and asked for later.
std::string announcing(std::uint32_t width, std::uint32_t height, char depth, char color_type,
                       char interlaced) {
  std::string bytes = read_golden("rgb.png");
  bytes.replace(16, 8, be32(width) + be32(height));
  bytes[24] = depth;
  bytes[25] = color_type;
  bytes[28] = interlaced;
  return bytes;
}

expected<int, DecodeFailure> read_for(int target_side, const std::string& bytes) {
  Image image;
  return PngReader().read(bytes, DecodeLimits{}, target_side, image);
}

TEST(Png, D11ABombOfOneColourIsRefusedByItsMemory) {
  // 78 million pixels of a bit: little to unpack, 235 MB as RGB.
  const auto done = read_for(/*target_side=*/0, announcing(8840, 8840, 1, 0, 0));
  ASSERT_FALSE(done);
  EXPECT_EQ(done.error().kind, DecodeFailureKind::kTooLarge);
  EXPECT_THAT(done.error().message, HasSubstr("max_decode_memory"));
  // Where it is reduced row by row it is not held.
  EXPECT_THAT(read_for(224, announcing(8840, 8840, 1, 0, 0)).error().message,
              Not(HasSubstr("max_decode_memory")));
  EXPECT_THAT(read_for(224, announcing(8840, 8840, 1, 0, 1)).error().message,
              HasSubstr("max_decode_memory"))
      << "an interlaced one is";
}

TEST(Png, D11DataCountAsTimeByWhatTheyUnpackTo) {
  struct Case {
    std::uint32_t width, height;
    char depth, color_type;
  };
  // The largest of each kind that a file of a few bytes may announce.
  for (const auto& [width, height, depth, color_type] :
       {Case{3700, 3700, 8, 2}, Case{3130, 3130, 8, 6}, Case{4020, 4020, 8, 4},
        Case{2640, 2640, 16, 2}, Case{2260, 2260, 16, 6}, Case{5550, 5550, 8, 0},
        Case{5550, 5550, 8, 3}, Case{9080, 9080, 1, 0}}) {
    EXPECT_EQ(read_for(224, announcing(width, height, depth, color_type, 0)).error().kind,
              DecodeFailureKind::kCorrupt)
        << width << " " << int{color_type} << ": its header is read and has a wrong checksum";
    const auto larger = read_for(224, announcing(width, height * 11 / 10, depth, color_type, 0));
    EXPECT_EQ(larger.error().kind, DecodeFailureKind::kTooLarge) << width << " " << int{color_type};
    EXPECT_THAT(larger.error().message, HasSubstr("max_decode_time"));
  }
}

std::string chunk(const std::string& name, const std::string& data) {
  std::uint32_t checksum = 0xffffffff;
  for (const char letter : name + data) {
    checksum ^= static_cast<std::uint8_t>(letter);
    for (int bit = 0; bit < 8; ++bit) {
      checksum = checksum >> 1U ^ ((checksum & 1U) != 0 ? 0xedb88320U : 0U);
    }
  }
  return be32(static_cast<std::uint32_t>(data.size())) + name + data + be32(~checksum);
}

int orientation_with(const std::string& more) {
  std::string bytes = read_golden("rgb.png");
  bytes.insert(kHeaderEnd, more);
  const auto done = read_for(0, bytes);
  return done ? *done : -1;
}

// In a text as ImageMagick writes it, of either name.
TEST(Png, D6OrientationInARawProfile) {
  const std::string digits =
      "457869660000"
      "49492a000800000001001201030001000000"
      "0600"
      "000000000000";
  const std::string text = "\nAPP1\n      32\n" + digits.substr(0, 30) + "\n" + digits.substr(30);
  EXPECT_EQ(orientation_with(chunk("tEXt", "Raw profile type APP1\0"s + text)), 6);
  EXPECT_EQ(orientation_with(chunk("tEXt", "Raw profile type exif\0"s + text)), 6);
  EXPECT_EQ(orientation_with(chunk("tEXt", "Raw profile type iptc\0"s + text)), 1);
  EXPECT_EQ(orientation_with(chunk("tEXt", "Raw profile type exif\0\n\n"s)), 1);
  EXPECT_EQ(orientation_with(chunk("tEXt", "Raw profile type exif"s)), 1);
  EXPECT_EQ(orientation_with(chunk("zTXt", "Raw profile type exif\0\0no zlib"s)), 1);
  EXPECT_EQ(orientation_with(chunk("zTXt", "Raw profile type exif\0"s)), 1);
  EXPECT_EQ(orientation_with(chunk("iTXt", "XML:com.adobe.xmp\0\0"s)), 1);
  EXPECT_EQ(orientation_with(chunk("iTXt", "XML:com.adobe.xmp\0\0\0en"s)), 1);
}

TEST(Png, AWrongChecksumIsCorrupt) {
  std::string bytes = read_golden("rgb.png");
  bytes[bytes.size() - 13] ^= 1;  // of the last chunk of data
  const DecodeFailure failure = failure_of(bytes);
  EXPECT_EQ(failure.kind, DecodeFailureKind::kCorrupt);
  EXPECT_THAT(failure.message, HasSubstr("CRC"));
}

TEST(Png, NoNameOfAChunkGetsIntoAMessage) {
  std::string bytes = read_golden("rgb.png");
  bytes.insert(kHeaderEnd, be32(0) + "SECR" + be32(0));
  const DecodeFailure failure = failure_of(bytes);
  EXPECT_EQ(failure.kind, DecodeFailureKind::kCorrupt);
  EXPECT_THAT(failure.message, Not(HasSubstr("SECR")));
}

TEST(Png, BrokenOrMissingHeadersAreCorrupt) {
  const std::string bytes = read_golden("rgb.png");
  EXPECT_EQ(failure_of(bytes.substr(0, 8) + bytes.substr(kHeaderEnd)).kind,
            DecodeFailureKind::kCorrupt);
  std::string long_chunk = bytes;
  long_chunk.replace(kHeaderEnd, 4, "\xff\xff\xff\xff");
  EXPECT_EQ(failure_of(long_chunk).kind, DecodeFailureKind::kCorrupt);
  std::string no_data = bytes.substr(0, kHeaderEnd) + bytes.substr(bytes.size() - 12);
  EXPECT_EQ(failure_of(no_data).kind, DecodeFailureKind::kCorrupt);
}

TEST(Png, D8TextsAndProfilesAreSkippedUnread) {
  std::string bytes = read_golden("rgb.png");
  // Neither would pass libpng: the profile is no zlib stream and the checksums are wrong.
  std::string flood;
  for (int index = 0; index < 1000; ++index) {
    flood += be32(6) + "iCCP" + "x\0\0abc"s + be32(0) + be32(5) + "zTXt" + "a\0\0xx"s + be32(0);
  }
  bytes.insert(kHeaderEnd, flood);
  Image image;
  const auto done = PngReader().read(bytes, DecodeLimits{}, /*target_side=*/0, image);
  ASSERT_TRUE(done) << done.error().message;
  EXPECT_EQ(largest_difference(image, read_golden_ppm("rgb_png.ppm")), 0);
}

}  // namespace
}  // namespace pomona
