// SPDX-License-Identifier: Apache-2.0
#include "pomona/features/preview.h"

#include <gtest/gtest.h>

#include <cmath>
#include <cstdint>
#include <string>

#include "pomona/base/random.h"

namespace pomona {
namespace {

// A slope of colours and some noise, as photographs have both.
Image made_up_picture(std::uint64_t seed, int side) {
  Image image;
  image.set_size(side, side);
  Random random(seed);
  for (int y = 0; y < side; ++y) {
    for (int x = 0; x < side; ++x) {
      std::uint8_t* pixel = image.row(y) + static_cast<std::size_t>(x) * 3;
      const auto noise = static_cast<int>(random.uniform() * 20);
      pixel[0] = static_cast<std::uint8_t>(200 * x / side + noise);
      pixel[1] = static_cast<std::uint8_t>(200 * y / side + noise);
      pixel[2] = static_cast<std::uint8_t>(100 + noise);
    }
  }
  return image;
}

std::string jpeg_of(const Image& image) {
  std::string bytes;
  JpegEncoder().encode(image, 80, bytes);
  return bytes;
}

TEST(Preview, IsTheWholePictureOn48Pixels) {
  const Image picture = made_up_picture(1, 224);
  PreviewMaker maker;
  Image found;
  ASSERT_TRUE(PreviewDecoder().decode(maker.make(picture), found));
  Image expected;
  Resizer().resize(picture, kPreviewSide, kPreviewSide, ResizeFilter::kBox, expected);
  ASSERT_EQ(found.pixels.size(), expected.pixels.size());
  double sum = 0;
  for (std::size_t i = 0; i < found.pixels.size(); ++i) {
    sum += std::abs(found.pixels[i] - expected.pixels[i]);
  }
  EXPECT_LT(sum / static_cast<double>(found.pixels.size()), 3);
}

TEST(Preview, DependsOnItsPictureAlone) {
  const Image picture = made_up_picture(1, 100);
  PreviewMaker maker;
  const std::string first(maker.make(picture));
  maker.make(made_up_picture(2, 33));
  EXPECT_EQ(maker.make(picture), first);
}

// So tables of previews compress, and a page holds the header once.
TEST(Preview, SharesItsHeaderWithAllOthers) {
  PreviewMaker maker;
  const std::string first(maker.make(made_up_picture(1, 100)));
  const std::string second(maker.make(made_up_picture(2, 300)));
  const std::size_t header = first.find("\xff\xda");  // where the pixels begin
  ASSERT_GT(header, 500U);
  ASSERT_NE(header, std::string::npos);
  EXPECT_EQ(second.substr(0, header), first.substr(0, header));
}

TEST(PreviewDecoder, RefusesWhatIsNoPreview) {
  const std::string preview = jpeg_of(made_up_picture(1, kPreviewSide));
  PreviewDecoder decoder;
  Image picture;
  EXPECT_TRUE(decoder.decode(preview, picture));
  EXPECT_FALSE(decoder.decode("", picture));
  EXPECT_FALSE(decoder.decode("no picture", picture));
  EXPECT_FALSE(decoder.decode(preview.substr(0, preview.size() / 2), picture));
  EXPECT_FALSE(decoder.decode(jpeg_of(made_up_picture(1, kPreviewSide - 1)), picture));
  EXPECT_FALSE(decoder.decode(jpeg_of(made_up_picture(1, kPreviewSide + 1)), picture));
  EXPECT_TRUE(decoder.decode(preview, picture)) << "after others";
}

}  // namespace
}  // namespace pomona
