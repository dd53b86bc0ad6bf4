// SPDX-License-Identifier: Apache-2.0
// Hostile PNG files; what good ones look like is in decode_test.cpp.
#include "pomona/image/png.h"

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
  const auto done = read_png(bytes, DecodeLimits{}, image);
  return done ? DecodeFailure{DecodeFailureKind::kCorrupt, "none"} : done.error();
}

TEST(Png, D11AFileThatIsLargeMayUnpackToMore) {
  const std::string bytes = read_golden("rgb_16.png");
  const std::uint64_t inflated = 23 * 17 * 7 + 17;
  DecodeLimits limits;
  limits.max_inflated_bytes = 0;
  Image image;
  limits.max_inflation = inflated / bytes.size() + 1;
  EXPECT_TRUE(read_png(bytes, limits, image));
  limits.max_inflation = inflated / bytes.size();
  EXPECT_FALSE(read_png(bytes, limits, image));
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

TEST(Png, D11ABombOfOneColourIsRefusedByItsMemory) {
  std::string bytes = read_golden("rgb.png");
  bytes.replace(16, 8, be32(9900) + be32(9900));  // fewer than 10⁸ pixels, 294 MB
  const DecodeFailure failure = failure_of(bytes);
  EXPECT_EQ(failure.kind, DecodeFailureKind::kTooLarge);
  EXPECT_THAT(failure.message, HasSubstr("MiB"));
}

TEST(Png, D11DataCountsAsItIsStored) {
  const std::uint64_t pixels = 23 * 17;
  const std::uint64_t filters = 17;  // a byte each row
  const std::pair<const char*, std::uint64_t> cases[] = {
      {"rgb.png", pixels * 4 + filters},
      {"grey_8.png", pixels * 2 + filters},
      {"rgb_interlaced.png", pixels * 7 + filters},
      {"rgba.png", pixels * 6 + filters},
      {"rgb_key.png", pixels * 5 + filters},
      {"grey_16.png", pixels * 7 + filters},
      {"rgba_16.png", pixels * 10 + filters},
      {"grey_1.png", (23 / 8 + 1) * 17 + pixels},
      {"orientation_6.png", pixels * 7 + filters},
  };
  for (const auto& [name, bytes] : cases) {
    DecodeLimits limits;
    limits.max_inflated_bytes = bytes;
    limits.max_inflation = 0;
    Image image;
    EXPECT_TRUE(read_png(read_golden(name), limits, image)) << name;
    limits.max_inflated_bytes = bytes - 1;
    const auto done = read_png(read_golden(name), limits, image);
    ASSERT_FALSE(done) << name;
    EXPECT_EQ(done.error().kind, DecodeFailureKind::kTooLarge) << name;
    EXPECT_THAT(done.error().message, HasSubstr("unpacks")) << name;
  }
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
  const auto done = read_png(bytes, DecodeLimits{}, image);
  ASSERT_TRUE(done) << done.error().message;
  EXPECT_EQ(largest_difference(image, read_golden_ppm("rgb_png.ppm")), 0);
}

}  // namespace
}  // namespace pomona
