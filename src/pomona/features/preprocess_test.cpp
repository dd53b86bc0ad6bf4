// SPDX-License-Identifier: Apache-2.0
#include "pomona/features/preprocess.h"

#include <gmock/gmock.h>

#include <vector>

#include "pomona/base/random.h"

namespace pomona {
namespace {

Image noise(int width, int height) {
  Image image;
  image.set_size(width, height);
  Random random(2);
  for (auto& value : image.pixels) value = static_cast<std::uint8_t>(random.below(256));
  return image;
}

class Preprocess : public testing::TestWithParam<Fit> {};

TEST_P(Preprocess, NormalisesWhatTheResizerGives) {
  const Image image = noise(50, 30);
  Image resized;
  Resizer().fit(image, GetParam(), 20, ResizeFilter::kBicubic, resized);

  BackboneSpec spec;
  spec.layout = TensorLayout::kNhwc;
  Preprocessor preprocessor(spec, 20, GetParam());
  std::vector<float> input(3 * 20 * 20);
  preprocessor.fill(image, input);

  EXPECT_EQ(preprocessor.resized().pixels, resized.pixels);
  for (std::size_t i = 0; i < input.size(); ++i) {
    ASSERT_EQ(input[i], (static_cast<float>(resized.pixels[i]) - 127) / 128);
  }
}

INSTANTIATE_TEST_SUITE_P(Fits, Preprocess, testing::Values(Fit::kSquash, Fit::kCrop, Fit::kPad));

TEST(Preprocessor, LeavesPicturesOfItsSizeAsTheyAre) {
  const Image image = noise(16, 16);
  Preprocessor preprocessor({}, 16, Fit::kSquash);
  std::vector<float> input(3 * 16 * 16);
  preprocessor.fill(image, input);
  EXPECT_EQ(preprocessor.resized().pixels, image.pixels);
}

TEST(Preprocessor, PadsWithGreyThatIsZeroToTheNetwork) {
  Preprocessor preprocessor({}, 16, Fit::kPad);
  std::vector<float> input(3 * 16 * 16, 1.0F);
  preprocessor.fill(noise(32, 8), input);
  EXPECT_THAT(std::vector<float>(input.begin(), input.begin() + 4 * 16), testing::Each(0.0F));
}

TEST(Preprocessor, ServesOnePictureAfterAnother) {
  const Image first = noise(40, 40);
  const Image second = noise(10, 70);
  Preprocessor fresh({}, 16, Fit::kSquash);
  std::vector<float> expected(3 * 16 * 16);
  fresh.fill(second, expected);

  Preprocessor used({}, 16, Fit::kSquash);
  std::vector<float> input(3 * 16 * 16);
  used.fill(first, input);
  used.fill(second, input);
  EXPECT_EQ(input, expected);
}

}  // namespace
}  // namespace pomona
