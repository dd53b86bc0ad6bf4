// SPDX-License-Identifier: Apache-2.0
// Hostile and unusual JPEG files; what they should look like is in decode_test.cpp.
#include "pomona/image/jpeg.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <sys/resource.h>

#include <string>
#include <string_view>

#include "pomona/image/decode.h"
#include "pomona/image/golden_image.h"

namespace pomona {
namespace {

using namespace std::string_literals;
using testing::HasSubstr;

expected<void, DecodeFailure> decode(std::string_view bytes, Image& image) {
  return Decoder().decode(bytes, DecodeOptions{}, image);
}

std::string be16(int value) {
  return {static_cast<char>(value >> 8), static_cast<char>(value & 255)};
}

std::string segment(char marker, const std::string& payload) {
  return "\xff"s + marker + be16(static_cast<int>(payload.size()) + 2) + payload;
}

// A grey progressive JPEG of one level; a scan needs a bit of data for each block of 8 × 8.
std::string progressive(int width, int height, int scans, std::size_t data_bytes = 1) {
  const std::string quantization = segment('\xdb', "\0"s + std::string(64, '\1'));
  const std::string frame =
      segment('\xc2', "\x08"s + be16(height) + be16(width) + "\x01\x01\x11\0"s);
  const std::string huffman = segment('\xc4', "\0\1"s + std::string(15, '\0') + "\0"s);
  std::string bytes = "\xff\xd8"s + quantization + frame + huffman;
  for (int scan = 0; scan < scans; ++scan) {
    bytes += segment('\xda', "\1\1\0\0\0\0"s) + std::string(data_bytes, '\0');
  }
  return bytes + "\xff\xd9";
}

// `extra` directly after the start mark.
std::string with_segments(const std::string& jpeg, const std::string& extra) {
  return jpeg.substr(0, 2) + extra + jpeg.substr(2);
}

std::size_t find_marker(const std::string& jpeg, char marker) {
  return jpeg.find("\xff"s + marker);
}

long peak_memory_kib() {
  rusage usage{};
  getrusage(RUSAGE_SELF, &usage);
  return usage.ru_maxrss;
}

TEST(Jpeg, D1HugeSidesAreRefusedBeforeAnythingIsAllocated) {
  Image image;
  const long before = peak_memory_kib();
  for (const int side : {65500, 20000, 10001}) {
    std::string bytes = progressive(side, side, 2);
    for (const char* kind : {"progressive", "baseline"}) {
      const auto done = decode(bytes, image);
      ASSERT_FALSE(done) << kind;
      EXPECT_EQ(done.error().kind, DecodeFailureKind::kTooLarge) << kind;
      EXPECT_THAT(done.error().message, HasSubstr(std::to_string(side)));
      bytes[find_marker(bytes, '\xc2') + 1] = '\xc0';
    }
  }
  EXPECT_EQ(image.pixels.capacity(), 0U);
  EXPECT_LT(peak_memory_kib() - before, 4096);
}

TEST(Jpeg, D11CoefficientsOfAProgressiveFileCountAsMemory) {
  Image image;
  const long before = peak_memory_kib();
  // 64 million pixels: 192 MB as RGB and 128 MB of coefficients.
  const auto done = decode(progressive(8000, 8000, 2), image);
  ASSERT_FALSE(done);
  EXPECT_EQ(done.error().kind, DecodeFailureKind::kTooLarge);
  EXPECT_THAT(done.error().message, HasSubstr("MiB"));
  EXPECT_LT(peak_memory_kib() - before, 4096);
}

TEST(Jpeg, D2ManyScansAreRefused) {
  Image image;
  for (const int scans : {101, 1000, 80000}) {
    const auto done = decode(progressive(400, 400, scans), image);
    ASSERT_FALSE(done) << scans;
    EXPECT_EQ(done.error().kind, DecodeFailureKind::kTooLarge) << done.error().message;
    EXPECT_THAT(done.error().message, HasSubstr("more than 100 scans"));
  }
  EXPECT_EQ(image.pixels.capacity(), 0U) << "refused before decoding";
}

TEST(Jpeg, D2AsManyScansAsTheLimitAreDecoded) {
  Image image;
  const auto done = decode(progressive(16, 16, 100), image);
  EXPECT_TRUE(done) << done.error().message;
}

DecodeFailure failure_of(const std::string& bytes, const DecodeLimits& limits) {
  Image image;
  const auto done = Decoder().decode(bytes, {.limits = limits}, image);
  return done ? DecodeFailure{DecodeFailureKind::kCorrupt, "none"} : done.error();
}

TEST(Jpeg, D2FewScansOfManyPixelsAreRefused) {
  // 250,000 blocks a scan.
  EXPECT_EQ(failure_of(progressive(4000, 4000, 19), {}).kind, DecodeFailureKind::kTooLarge);
  EXPECT_THAT(failure_of(progressive(4000, 4000, 19), {}).message, HasSubstr("steps"));
  // Above, "not enough data" would be truncation: it was not refused.
  EXPECT_NE(failure_of(progressive(4000, 4000, 18), {}).kind, DecodeFailureKind::kTooLarge);
}

TEST(Jpeg, D2TheWorkOfScansIsCountedByComponent) {
  // 37 x 23 with 4:2:0: 5 x 3 blocks of Y, 3 x 2 of each chroma. Scans of Pillow's script: DC twice
  // of all; Y four times, chroma twice each.
  constexpr std::uint64_t kBlocks = 2 * (15 + 6 + 6) + 4 * 15 + 2 * (6 + 6);
  DecodeLimits limits;
  limits.max_scan_blocks = kBlocks;
  const std::string bytes = read_golden("progressive.jpg");
  EXPECT_EQ(failure_of(bytes, limits).message, "none");
  limits.max_scan_blocks = kBlocks - 1;
  EXPECT_EQ(failure_of(bytes, limits).kind, DecodeFailureKind::kTooLarge);
}

TEST(Jpeg, D2ArithmeticCodingCountsMore) {
  constexpr std::uint64_t kBlocks = 15 + 6 + 6;
  DecodeLimits limits;
  limits.max_scan_blocks = kBlocks * 32;
  EXPECT_EQ(failure_of(read_golden("arithmetic.jpg"), limits).message, "none");
  limits.max_scan_blocks = kBlocks * 32 - 1;
  EXPECT_EQ(failure_of(read_golden("arithmetic.jpg"), limits).kind, DecodeFailureKind::kTooLarge);
}

TEST(Jpeg, D3AnEndMarkAmidTheDataIsTruncation) {
  Image image;
  for (const char* name : {"baseline_420.jpg", "progressive.jpg"}) {
    const std::string bytes = read_golden(name);
    const std::size_t data = find_marker(bytes, '\xda') + 14;
    const auto done = decode(bytes.substr(0, data + 20) + "\xff\xd9", image);
    ASSERT_FALSE(done) << name;
    EXPECT_EQ(done.error().kind, DecodeFailureKind::kTruncated) << name;
  }
}

TEST(Jpeg, D3AMissingEndMarkIsTruncationAlsoWhenAllPixelsAreThere) {
  Image image;
  std::string bytes = read_golden("baseline_420.jpg");
  bytes.replace(bytes.size() - 2, 2, std::string(100, 'x'));
  const auto done = decode(bytes, image);
  ASSERT_FALSE(done);
  EXPECT_EQ(done.error().kind, DecodeFailureKind::kTruncated);
}

TEST(Jpeg, DamageThatLeavesAPictureIsDecodedAsByPillow) {
  Image image;
  std::string bytes = read_golden("restarts.jpg");
  const std::size_t restart = find_marker(bytes, '\xd0');
  ASSERT_NE(restart, std::string::npos);
  bytes.erase(restart, 2);
  EXPECT_TRUE(decode(bytes, image));
  bytes = read_golden("baseline_420.jpg");
  bytes.insert(bytes.size() - 2, "extraneous");
  EXPECT_TRUE(decode(bytes, image));
}

TEST(Jpeg, D7TwelveBitsAndLosslessAreNamedFailures) {
  Image image;
  std::string twelve_bits = read_golden("baseline_444.jpg");
  const std::size_t frame = find_marker(twelve_bits, '\xc0');
  std::string lossless = twelve_bits;
  twelve_bits[frame + 4] = 12;
  lossless[frame + 1] = '\xc3';
  for (const std::string& bytes : {twelve_bits, lossless}) {
    const auto done = decode(bytes, image);
    ASSERT_FALSE(done);
    EXPECT_EQ(done.error().kind, DecodeFailureKind::kUnsupportedFormat) << done.error().message;
    EXPECT_THAT(done.error().message, HasSubstr("convert"));
  }
}

TEST(Jpeg, D8FloodsOfSegmentsAreSkipped) {
  const std::string jpeg = read_golden("baseline_420.jpg");
  Image plain;
  ASSERT_TRUE(decode(jpeg, plain));
  const std::string profile = segment('\xe2', "ICC_PROFILE\0\1\1"s + std::string(65000, 'x'));
  const std::string exif = segment('\xe1', "Exif\0\0MM\0\x2a"s + std::string(65000, '\xff'));
  const std::string comment = segment('\xfe', "");
  std::string flood;
  for (int index = 0; index < 255; ++index) flood += profile + exif;
  for (int index = 0; index < 100'000; ++index) flood += comment;
  const std::string flooded = with_segments(jpeg, flood);
  const long before = peak_memory_kib();
  Image image;
  ASSERT_TRUE(decode(flooded, image));
  EXPECT_EQ(image.pixels, plain.pixels);
  EXPECT_LT(peak_memory_kib() - before, 4096) << "nothing is copied";
}

TEST(Jpeg, D6TheFirstExifSegmentCounts) {
  const std::string turned = read_golden("orientation_6_ii.jpg");
  const std::string exif = turned.substr(find_marker(turned, '\xe1'),
                                         find_marker(turned, '\xdb') - find_marker(turned, '\xe1'));
  const std::string upright = read_golden("orientation_1_mm.jpg");
  Image image;
  ASSERT_TRUE(decode(with_segments(upright, exif), image));
  EXPECT_EQ(image.width, 11) << "turned by a quarter";
  ASSERT_TRUE(
      decode(with_segments(upright, segment('\xe1', "http://ns.adobe.com/xap/1.0/")), image));
  EXPECT_EQ(image.width, 19);
  ASSERT_TRUE(decode(with_segments(upright, "\xff\xe1\0\2"s), image)) << "an empty segment";
}

TEST(Jpeg, D6OfTwoPicturesInAFileTheFirstCounts) {
  // As cameras write an MPO: an index in APP2, and a second file after the first one's end.
  const std::string first = read_golden("orientation_6_ii.jpg");
  const std::string index = segment('\xe2', "MPF\0II\x2a\0\x08\0\0\0\0\0\0\0\0\0"s);
  const std::string both = with_segments(first, index) + read_golden("orientation_3_mm.jpg");
  Image image;
  ASSERT_TRUE(decode(both, image));
  EXPECT_LE(largest_difference(image, read_golden_ppm("orientation_6_ii_jpg.ppm")), 1);
}

TEST(Jpeg, D11ThinPicturesAreDecoded) {
  Image image;
  for (const auto& [width, height] : {std::pair{1, 65500}, {65500, 1}, {1, 1}}) {
    const auto done = decode(progressive(width, height, 1, 1024), image);
    ASSERT_TRUE(done) << done.error().message;
    EXPECT_EQ(image.width, width);
    EXPECT_EQ(image.height, height);
  }
}

TEST(Jpeg, D11AHugePictureLeavesNoMemoryBehind) {
  const std::string exif =
      segment('\xe1', "Exif\0\0MM\0\x2a\0\0\0\x08\0\x01\x01\x12\0\x03\0\0\0\x01\0\x06\0\0"s);
  Decoder decoder;
  Image image;
  ASSERT_TRUE(decoder.decode(with_segments(progressive(3000, 2000, 1, 40'000), exif), {}, image));
  EXPECT_EQ(image.width, 2000) << "turned, so that there were two of it";
  for (int turn = 0; turn < 3; ++turn) {
    ASSERT_TRUE(decoder.decode(with_segments(progressive(16, 8, 1), exif), {}, image));
    EXPECT_LT(image.pixels.capacity(), 4U << 20U);
  }
}

TEST(Jpeg, NoSideOfZeroAndNoEmptyFile) {
  Image image;
  for (const auto& [width, height] : {std::pair{0, 8}, {8, 0}}) {
    const auto done = decode(progressive(width, height, 1), image);
    ASSERT_FALSE(done);
    EXPECT_EQ(done.error().kind, DecodeFailureKind::kCorrupt) << done.error().message;
  }
  const auto done = decode("\xff\xd8\xff\xd9"s, image);
  ASSERT_FALSE(done);
  EXPECT_EQ(done.error().kind, DecodeFailureKind::kCorrupt) << done.error().message;
}

}  // namespace
}  // namespace pomona
