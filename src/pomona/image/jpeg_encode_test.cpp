// SPDX-License-Identifier: Apache-2.0
#include "pomona/image/jpeg_encode.h"

#include <gtest/gtest.h>

#include <cmath>
#include <cstdint>
#include <string>

#include "pomona/base/error.h"
#include "pomona/base/random.h"
#include "pomona/image/decode.h"
#include "pomona/image/golden_image.h"

namespace pomona {
namespace {

double mean_difference(const Image& left, const Image& right) {
  double sum = 0;
  for (std::size_t index = 0; index < left.pixels.size(); ++index) {
    sum += std::abs(left.pixels[index] - right.pixels[index]);
  }
  return sum / static_cast<double>(left.pixels.size());
}

TEST(JpegEncode, WhatIsWrittenCanBeReadAndLooksTheSame) {
  const Image scene = read_golden_ppm("scene.ppm");
  JpegEncoder encoder;
  std::string bytes;
  Image read;
  double last = 100;
  std::size_t last_size = 0;
  for (const int quality : {1, 50, 95}) {
    encoder.encode(scene, quality, bytes);
    ASSERT_TRUE(Decoder().decode(bytes, DecodeOptions{}, read));
    ASSERT_EQ(read.width, scene.width);
    ASSERT_EQ(read.height, scene.height);
    EXPECT_LT(mean_difference(read, scene), last);
    EXPECT_GT(bytes.size(), last_size);
    last = mean_difference(read, scene);
    last_size = bytes.size();
  }
  EXPECT_LT(last, 12);  // chroma at half resolution takes the most of it
}

TEST(JpegEncode, TheSamePictureGivesTheSameBytesAfterOthers) {
  const Image scene = read_golden_ppm("scene.ppm");
  Image other;
  other.set_size(5, 3);
  JpegEncoder encoder;
  std::string first;
  std::string second;
  encoder.encode(scene, 80, first);
  encoder.encode(other, 30, second);
  encoder.encode(scene, 80, second);
  EXPECT_EQ(first, second);
}

TEST(JpegEncode, NoiseAtFullQualityFitsTheBuffer) {
  Random random(3);
  for (const int side : {1, 16, 47, 200}) {
    Image noise;
    noise.set_size(side, side);
    for (std::uint8_t& level : noise.pixels) level = random.next() % 2 == 0 ? 0 : 255;
    std::string bytes;
    JpegEncoder().encode(noise, 100, bytes);
    Image read;
    EXPECT_TRUE(Decoder().decode(bytes, DecodeOptions{}, read)) << side;
  }
}

TEST(JpegEncode, TablesMatterToTheBytesAlone) {
  const Image scene = read_golden_ppm("scene.ppm");
  std::string optimal;
  std::string standard;
  JpegEncoder().encode(scene, 80, optimal);
  JpegEncoder(HuffmanTables::kStandard).encode(scene, 80, standard);
  EXPECT_LT(optimal.size(), standard.size());
  Image of_optimal;
  Image of_standard;
  ASSERT_TRUE(Decoder().decode(optimal, DecodeOptions{}, of_optimal));
  ASSERT_TRUE(Decoder().decode(standard, DecodeOptions{}, of_standard));
  EXPECT_EQ(of_optimal.pixels, of_standard.pixels);
}

TEST(JpegEncode, SidesThatNoJpegCanHaveAreAnError) {
  Image image;
  image.set_size(65'536, 1);
  JpegEncoder encoder;
  std::string bytes;
  EXPECT_THROW(encoder.encode(image, 80, bytes), Error);
  image.set_size(8, 8);
  encoder.encode(image, 80, bytes);
  EXPECT_TRUE(Decoder().decode(bytes, DecodeOptions{}, image)) << "after a failure";
}

TEST(JpegEncode, G7WritesNoMetadata) {
  std::string bytes;
  JpegEncoder().encode(read_golden_ppm("scene.ppm"), 80, bytes);
  for (int marker = 0xe1; marker <= 0xef; ++marker) {
    EXPECT_EQ(bytes.find(std::string("\xff") + static_cast<char>(marker)), std::string::npos);
  }
  EXPECT_EQ(bytes.find("\xff\xfe"), std::string::npos) << "a comment";
}

}  // namespace
}  // namespace pomona
