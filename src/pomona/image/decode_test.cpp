// SPDX-License-Identifier: Apache-2.0
#include "pomona/image/decode.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <algorithm>
#include <array>
#include <cstddef>
#include <cstdlib>
#include <new>
#include <string>
#include <utility>

#include "pomona/image/golden_image.h"
#include "pomona/image/resize.h"

namespace {
std::size_t allocations = 0;
}

// Counts what this program allocates through C++; libjpeg's own pools come from malloc. Not inline,
// for g++ 12 would warn of free() on memory of new.
[[gnu::noinline]] void* operator new(std::size_t size) {
  ++allocations;
  if (void* memory = std::malloc(size > 0 ? size : 1)) return memory;
  throw std::bad_alloc();
}
[[gnu::noinline]] void operator delete(void* memory) noexcept { std::free(memory); }
[[gnu::noinline]] void operator delete(void* memory, std::size_t /*size*/) noexcept {
  std::free(memory);
}

namespace pomona {
namespace {

using testing::HasSubstr;

constexpr DecodeOptions kFullSize{};

TEST(Decode, D6D7PixelsAreThoseOfPillow) {
  Decoder decoder;
  Image image;
  int cases = 0;
  for (const Json& golden : golden_cases("decode")) {
    const auto name = golden.at("file").get<std::string>();
    SCOPED_TRACE(name);
    const auto done = decoder.decode(read_golden(name), kFullSize, image);
    ASSERT_TRUE(done) << done.error().message;
    EXPECT_LE(largest_difference(image, read_golden_ppm(golden.at("expected"))),
              name.starts_with("orientation_") ? 1 : golden.at("tolerance").get<int>());
    ++cases;
  }
  EXPECT_GT(cases, 70);
}

TEST(Decode, AJpegIsDecodedAtTheSmallestScaleThatKeepsTwiceTheTarget) {
  Decoder decoder;
  Image image;
  for (const Json& golden : golden_cases("scaled")) {
    const auto target_side = golden.at("target_side").get<int>();
    SCOPED_TRACE(target_side);
    DecodeOptions options;
    options.target_side = target_side;
    ASSERT_TRUE(decoder.decode(read_golden("large.jpg"), options, image));
    EXPECT_LE(largest_difference(image, read_golden_ppm(golden.at("expected"))),
              golden.at("tolerance").get<int>());
  }
  // 131 × 117: one pixel more and half would be too small.
  DecodeOptions options;
  options.target_side = 30;
  ASSERT_TRUE(decoder.decode(read_golden("large.jpg"), options, image));
  EXPECT_EQ(image.width, 131);
}

// Between chunks behind the picture, or in the last of twelve bytes, which holds nothing.
bool is_png_cut_behind_its_picture(const std::string& whole, std::size_t size) {
  std::size_t picture_end = whole.size();
  for (std::size_t at = 8; at + 12 <= whole.size();) {
    std::size_t length = 0;
    for (std::size_t i = 0; i < 4; ++i)
      length = length * 256 + static_cast<std::uint8_t>(whole[at + i]);
    const bool picture = whole.compare(at + 4, 4, "IDAT") == 0;
    at += 12 + length;
    if (picture) picture_end = at;
    // The length of any chunk begins with zeros, as that of the last one.
    const std::size_t zeros = std::min(whole.find_first_not_of('\0', at), at + 4);
    if (size >= at && size <= zeros && at >= picture_end) return true;
  }
  return size + 12 >= whole.size();
}

// An end mark of JPEG has two bytes. Of arithmetic codes nobody knows where they end.
bool lacks_its_end_mark_alone(const std::string& name, const std::string& whole, std::size_t size) {
  if (name.ends_with(".png")) return is_png_cut_behind_its_picture(whole, size);
  return name.ends_with(".jpg") && name != "arithmetic.jpg" && size + 2 >= whole.size();
}

TEST(Decode, D3AFileCutAtAnyByteIsTruncatedAndTheSameAgain) {
  Decoder decoder;
  Image image;
  int files = 0;
  for (const Json& golden : golden_cases("decode")) {
    const auto name = golden.at("file").get<std::string>();
    const std::string whole = read_golden(name);
    for (std::size_t size = 0; size < whole.size(); ++size) {
      // Cut before the format can be told: another failure.
      const std::string_view bytes = std::string_view(whole).substr(0, size);
      if (lacks_its_end_mark_alone(name, whole, size)) {
        ASSERT_TRUE(decoder.decode(bytes, kFullSize, image)) << name << " cut to " << size;
        EXPECT_LE(largest_difference(image, read_golden_ppm(golden.at("expected"))), 2) << name;
        continue;
      }
      const bool told = sniff_format(bytes) != ImageFormat::kNone;
      const auto done = decoder.decode(bytes, kFullSize, image);
      ASSERT_FALSE(done) << name << " cut to " << size;
      ASSERT_EQ(done.error().kind,
                told ? DecodeFailureKind::kTruncated : DecodeFailureKind::kNotAnImage)
          << name << " cut to " << size << ": " << done.error().message;
      const auto again = Decoder().decode(bytes, kFullSize, image);
      ASSERT_FALSE(again) << name << " cut to " << size;
      ASSERT_EQ(again.error().message, done.error().message) << name << " cut to " << size;
    }
    ASSERT_TRUE(decoder.decode(whole, kFullSize, image)) << name;
    ++files;
  }
  EXPECT_GE(files, 50);
}

TEST(Decode, AnyByteFlippedIsAPictureOrAFailureAndTheSameAgain) {
  Decoder decoder;
  Image first;
  Image second;
  for (const char* name : {"baseline_420.jpg", "progressive.jpg", "palette_alpha.png",
                           "rgba_interlaced.png", "lossless_alpha.webp", "part_frame.webp"}) {
    const std::string whole = read_golden(name);
    for (std::size_t at = 0; at < whole.size(); ++at) {
      std::string bytes = whole;
      bytes[at] = static_cast<char>(bytes[at] ^ 0x55);
      const auto once = decoder.decode(bytes, kFullSize, first);
      const auto again = Decoder().decode(bytes, kFullSize, second);
      ASSERT_EQ(once.has_value(), again.has_value()) << name << " at " << at;
      if (once) {
        ASSERT_EQ(first.pixels, second.pixels) << name << " at " << at;
      } else {
        ASSERT_EQ(once.error().message, again.error().message) << name << " at " << at;
      }
    }
  }
}

TEST(Decode, D11AFormatNotDecodedHereIsNamed) {
  Decoder decoder;
  Image image;
  const std::array<std::pair<std::string, const char*>, 3> files = {{
      {std::string("\0\0\0\x18"
                   "ftypheic\0\0\0\0mif1heic",
                   24),
       "HEIC"},
      {"GIF89a\1\0\1\0", "GIF"},
      {std::string("\0\0\0\x0cJXL \r\n\x87\n", 12), "JPEG XL"},
  }};
  for (const auto& [bytes, name] : files) {
    const auto done = decoder.decode(bytes, kFullSize, image);
    ASSERT_FALSE(done);
    EXPECT_EQ(done.error().kind, DecodeFailureKind::kUnsupportedFormat);
    EXPECT_THAT(done.error().message, HasSubstr(name));
    EXPECT_THAT(done.error().message, HasSubstr("convert"));
  }
}

TEST(Decode, BytesOfNoImageAreNotAnImage) {
  Image image;
  for (const std::string& bytes : {std::string(), std::string("x"), std::string(1000, '\0'),
                                   std::string("version https://git-lfs.github.com/spec/v1\n")}) {
    const auto done = Decoder().decode(bytes, kFullSize, image);
    ASSERT_FALSE(done);
    EXPECT_EQ(done.error().kind, DecodeFailureKind::kNotAnImage);
    EXPECT_THAT(done.error().message, HasSubstr("the file holds "));
  }
}

TEST(Decode, D11LimitsHoldForEveryFormat) {
  Decoder decoder;
  Image image;
  for (const char* name : {"large.jpg", "progressive.jpg", "rgba_interlaced.png", "lossy.webp"}) {
    SCOPED_TRACE(name);
    const std::string bytes = read_golden(name);
    DecodeOptions few_pixels;
    few_pixels.limits.max_pixels = 380;
    auto done = decoder.decode(bytes, few_pixels, image);
    ASSERT_FALSE(done);
    EXPECT_EQ(done.error().kind, DecodeFailureKind::kTooLarge);
    EXPECT_THAT(done.error().message, HasSubstr("380"));

    DecodeOptions little_memory;
    little_memory.limits.max_decode_memory = 1000;
    done = decoder.decode(bytes, little_memory, image);
    ASSERT_FALSE(done);
    EXPECT_EQ(done.error().kind, DecodeFailureKind::kTooLarge);

    EXPECT_TRUE(decoder.decode(bytes, kFullSize, image)) << "after a failure";
  }
}

TEST(Decode, D9WhatFollowsAPictureIsIgnored) {
  Decoder decoder;
  Image plain;
  Image followed;
  for (const char* name : {"baseline_420.jpg", "rgb.png", "lossless.webp"}) {
    const std::string bytes = read_golden(name);
    ASSERT_TRUE(decoder.decode(bytes, kFullSize, plain));
    ASSERT_TRUE(decoder.decode(bytes + "PK\3\4<html>\xff\xd8\xff", kFullSize, followed)) << name;
    EXPECT_EQ(plain.pixels, followed.pixels) << name;
  }
}

TEST(Decode, AllocatesNothingOnceWarm) {
  const std::array files = {read_golden("baseline_420.jpg"),
                            read_golden("large.jpg"),
                            read_golden("orientation_6_ii.jpg"),
                            read_golden("cmyk.jpg"),
                            read_golden("rgba.png"),
                            read_golden("lossy_alpha.webp")};
  Decoder decoder;
  Resizer resizer;
  Image image;
  Image resized;
  DecodeOptions options;
  options.target_side = 16;
  const auto round = [&] {
    for (const std::string& bytes : files) {
      EXPECT_TRUE(decoder.decode(bytes, options, image));
      resizer.fit(image, Fit::kSquash, 16, ResizeFilter::kBicubic, resized);
    }
  };
  // Turned pictures change places with scratch memory, and tables of sizes replace each other:
  // it takes a few rounds until all have grown.
  for (int index = 0; index < 8; ++index) round();
  const std::size_t before = allocations;
  round();
  EXPECT_EQ(allocations, before);
}

TEST(Decode, ADecoderCanBeMoved) {
  Decoder decoder;
  Decoder moved(std::move(decoder));
  Image image;
  EXPECT_TRUE(moved.decode(read_golden("baseline_420.jpg"), kFullSize, image));
}

}  // namespace
}  // namespace pomona
