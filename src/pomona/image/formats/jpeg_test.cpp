// SPDX-License-Identifier: Apache-2.0
// Hostile and unusual JPEG files; what they should look like is in decode_test.cpp.
#include "pomona/image/formats/jpeg.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <sys/resource.h>

#include <algorithm>
#include <string>
#include <string_view>

#include "pomona/image/decode.h"
#include "pomona/image/golden_image.h"

namespace pomona {
namespace {

using namespace std::string_literals;
using testing::HasSubstr;

expected<Decoded, DecodeFailure> decode(std::string_view bytes, Image& image) {
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

// YCbCr: one scan of DC of all components, then scans of AC of one each in turn, as programs write
// them. Without data.
std::string colour_progressive(int width, int height, char sampling, int scans) {
  std::string bytes = progressive(width, height, 0);
  const std::size_t frame = bytes.find("\xff\xc2");
  const std::string components = "\x03\x01"s + sampling + "\0\x02\x11\0\x03\x11\0"s;
  bytes = bytes.substr(0, frame) +
          segment('\xc2', "\x08"s + be16(height) + be16(width) + components) +
          bytes.substr(frame + 13, bytes.size() - frame - 15) +
          segment('\xc4', "\x10\1"s + std::string(15, '\0') + "\0"s) +
          segment('\xda', "\3\1\0\2\0\3\0\0\0\1"s);
  for (int scan = 1; scan < scans; ++scan) {
    bytes += segment('\xda', "\1"s + static_cast<char>(1 + scan % 3) + "\0\1\x3f\0"s);
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
  for (const int side : {65500, 20000, 15812}) {
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
  // 84 million pixels: 169 MB of coefficients, however small the picture will be.
  const auto done =
      Decoder().decode(progressive(9180, 9180, 2), {.limits = {}, .target_side = 224}, image);
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

DecodeFailure failure_of(const std::string& bytes, const DecodeLimits& limits,
                         int target_side = 0) {
  Image image;
  const auto done = Decoder().decode(bytes, {limits, target_side}, image);
  return done ? DecodeFailure{DecodeFailureKind::kCorrupt, "none"} : done.error();
}

TEST(Jpeg, D2FewScansOfManyPixelsAreRefused) {
  // 250,000 blocks a scan, 16 million pixels.
  EXPECT_EQ(failure_of(progressive(4000, 4000, 24), {}).kind, DecodeFailureKind::kTooLarge);
  EXPECT_THAT(failure_of(progressive(4000, 4000, 24), {}).message, HasSubstr("max_decode_time"));
  EXPECT_EQ(failure_of(progressive(4000, 4000, 23), {}).kind, DecodeFailureKind::kDamaged)
      << "not refused: its scans lack data";
}

TEST(Jpeg, D2ArithmeticCodingCountsMore) {
  std::string bytes = progressive(4000, 4000, 1);
  EXPECT_EQ(failure_of(bytes, {}).kind, DecodeFailureKind::kTruncated) << "not refused";
  bytes[find_marker(bytes, '\xc2') + 1] = '\xca';
  EXPECT_EQ(failure_of(bytes, {}).kind, DecodeFailureKind::kTooLarge);
}

// What a phone may write, and no more.
TEST(Jpeg, D2TheLargestProgressiveFilesOfCamerasFit) {
  struct Case {
    int width, height;
    char sampling;
  };
  for (const auto& [width, height, sampling] :
       {Case{8160, 6120, '\x22'}, Case{6120, 8160, '\x22'}, Case{6000, 4000, '\x11'}}) {
    EXPECT_EQ(failure_of(colour_progressive(width, height, sampling, 8), {}, 224).kind,
              DecodeFailureKind::kDamaged)
        << "not refused: its scans lack data";
    EXPECT_EQ(failure_of(colour_progressive(width, height * 6 / 5, sampling, 8), {}, 224).kind,
              DecodeFailureKind::kTooLarge);
  }
}

TEST(Jpeg, D2ABombOfFewBytesTakesNoMemory) {
  const long before = peak_memory_kib();
  const std::string bomb = progressive(9000, 9000, 2, 0);
  EXPECT_LE(bomb.size(), 141U);
  EXPECT_EQ(failure_of(bomb, {}, 224).kind, DecodeFailureKind::kDamaged);
  EXPECT_LT(peak_memory_kib() - before, 4096);
}

// Coefficients and a picture that is large: it is made smaller than twice the target.
TEST(Jpeg, ASmallerScaleIsTakenWhereMemoryIsShort) {
  DecodeOptions options;
  options.target_side = 29;
  Image image;
  ASSERT_TRUE(Decoder().decode(read_golden("large.jpg"), options, image));
  EXPECT_EQ(image.width, 66);
  options.limits.max_decode_memory = 33 * 30 * 3 + 4 * (17 + 9 + 9) * 128;
  ASSERT_TRUE(Decoder().decode(read_golden("large.jpg"), options, image));
  EXPECT_EQ(image.width, 33);
  options.target_side = 30;
  EXPECT_FALSE(Decoder().decode(read_golden("large.jpg"), options, image)) << "too small by far";
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

TEST(Jpeg, D3NoiseInThePlaceOfTheEndMarkIsTruncation) {
  Image image;
  std::string bytes = read_golden("baseline_420.jpg");
  bytes.replace(bytes.size() - 2, 2, std::string(100, 'x'));
  const auto done = decode(bytes, image);
  ASSERT_FALSE(done);
  EXPECT_EQ(done.error().kind, DecodeFailureKind::kTruncated);
}

// A file whose room was made before its bytes came, and never filled.
TEST(Jpeg, D3ZerosInThePlaceOfTheEndAreTruncation) {
  for (const char* name : {"baseline_420.jpg", "large.jpg", "progressive.jpg"}) {
    const std::string whole = read_golden(name);
    for (const std::size_t lost : {2U, 40U, 200U}) {
      std::string bytes = whole;
      bytes.replace(whole.size() - lost, lost, std::string(lost + 500, '\0'));
      EXPECT_EQ(failure_of(bytes, {}).kind, DecodeFailureKind::kTruncated) << name << lost;
    }
  }
}

TEST(Jpeg, EveryWarningIsDamage) {
  const std::string restarts = read_golden("restarts.jpg");
  const std::size_t restart = find_marker(restarts, '\xd0');
  ASSERT_NE(restart, std::string::npos);
  std::string bytes = restarts;
  bytes.erase(restart, 2);
  EXPECT_EQ(failure_of(bytes, {}).kind, DecodeFailureKind::kDamaged);
  bytes = read_golden("baseline_420.jpg");
  bytes.insert(bytes.size() - 2, "extraneous");
  EXPECT_EQ(failure_of(bytes, {}).kind, DecodeFailureKind::kDamaged);
  EXPECT_THAT(failure_of(bytes, {}).message, HasSubstr("extraneous bytes"));
  EXPECT_THAT(failure_of(bytes, {}).message, HasSubstr("max_damage"));
  // The rest of the scan is another file's, behind a marker that has no place there.
  bytes = read_golden("large.jpg");
  bytes.replace(bytes.size() - 1500, 2, "\xff\xd3");
  EXPECT_EQ(failure_of(bytes, {}).kind, DecodeFailureKind::kDamaged);
}

TEST(Jpeg, WhatAHeaderCallsItselfAndZerosBeforeAMarkerAreNoDamage) {
  std::string bytes = read_golden("baseline_420.jpg");
  bytes[find_marker(bytes, '\xe0') + 9] = 7;  // the version of JFIF
  Image image;
  EXPECT_TRUE(decode(bytes, image));
  bytes.insert(bytes.size() - 2, std::string(5000, '\0'));
  ASSERT_TRUE(decode(bytes, image));
  EXPECT_LE(largest_difference(image, read_golden_ppm("baseline_420_jpg.ppm")), 2);
}

TEST(Jpeg, APictureOfWhichAShareIsLostIsDecodedWhereThatIsAllowed) {
  const std::string whole = read_golden("large.jpg");
  const std::size_t data = find_marker(whole, '\xda') + 14;
  const std::string half = whole.substr(0, data + (whole.size() - data) / 2);
  Image image;
  const auto done = Decoder().decode(half, {.limits = {.max_damage = 0.7}}, image);
  ASSERT_TRUE(done) << done.error().message;
  EXPECT_GT(done->damage, 0.3);
  EXPECT_LT(done->damage, 0.7);
  Image expected;
  ASSERT_TRUE(decode(whole, expected));
  const auto kept = static_cast<std::ptrdiff_t>(expected.pixels.size() / 4);
  EXPECT_TRUE(
      std::equal(expected.pixels.begin(), expected.pixels.begin() + kept, image.pixels.begin()));
  EXPECT_NE(expected.pixels, image.pixels);

  const DecodeFailure failure = failure_of(half, {.max_damage = 0.3});
  EXPECT_EQ(failure.kind, DecodeFailureKind::kTruncated);
  EXPECT_THAT(failure.message, HasSubstr(std::to_string(int(done->damage * 100)) + " %"));
}

TEST(Jpeg, DamageEndsAtTheNextRestart) {
  std::string bytes = read_golden("restarts.jpg");
  bytes.erase(find_marker(bytes, '\xd0'), 2);
  Image image;
  const auto done = Decoder().decode(bytes, {.limits = {.max_damage = 1}}, image);
  ASSERT_TRUE(done) << done.error().message;
  EXPECT_GT(done->damage, 0);
  EXPECT_LE(done->damage, 2.0 / 3) << "of three rows of blocks";
}

TEST(Jpeg, WhatLacksAScanIsLostAsAWhole) {
  const std::string whole = read_golden("progressive.jpg");
  const std::size_t last = whole.rfind("\xff\xda");
  Image image;
  const auto done = Decoder().decode(whole.substr(0, last), {.limits = {.max_damage = 1}}, image);
  ASSERT_TRUE(done) << done.error().message;
  EXPECT_EQ(done->damage, 1);
  EXPECT_EQ(failure_of(whole.substr(0, last), {.max_damage = 0.9}).kind,
            DecodeFailureKind::kTruncated);
  ASSERT_TRUE(Decoder().decode(whole, {.limits = {.max_damage = 1}}, image));
  const auto again = Decoder().decode(whole.substr(0, whole.size() - 2), {}, image);
  ASSERT_TRUE(again) << "whole but for its end mark";
  EXPECT_EQ(again->damage, 0);
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
