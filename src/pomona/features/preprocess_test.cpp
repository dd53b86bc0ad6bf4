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
  preprocessor.fill(image, 0, input);

  EXPECT_EQ(preprocessor.resized().pixels, resized.pixels);
  for (std::size_t i = 0; i < input.size(); ++i) {
    ASSERT_EQ(input[i], (static_cast<float>(resized.pixels[i]) - 127) / 128);
  }
}

INSTANTIATE_TEST_SUITE_P(Fits, Preprocess, testing::Values(Fit::kSquash, Fit::kCrop, Fit::kPad));

TEST(Preprocessor, ShowsEachViewToTheNetwork) {
  const Image image = noise(80, 40);
  Preprocessor preprocessor({}, 16, Fit::kSquash,
                            views_from_names({"whole", "flip", "zoom50", "zoom50-flip"}));
  ASSERT_EQ(preprocessor.views(), 4U);
  EXPECT_EQ(preprocessor.decoded_side(), 32);
  std::vector<float> input(3 * 16 * 16);
  std::vector<Image> seen;
  for (std::size_t view = 0; view < preprocessor.views(); ++view) {
    preprocessor.fill(image, view, input);
    seen.push_back(preprocessor.resized());
  }
  Image middle;
  middle.set_size(40, 20);
  for (int y = 0; y < 20; ++y) {
    std::copy_n(image.row(y + 10) + 3 * 20, 3 * 40, middle.row(y));
  }
  Image expected;
  Resizer resizer;
  resizer.fit(image, Fit::kSquash, 16, ResizeFilter::kBicubic, expected);
  EXPECT_EQ(seen[0].pixels, expected.pixels);
  // A part of a picture is resized with what lies around it, hence only nearly the same.
  resizer.fit(middle, Fit::kSquash, 16, ResizeFilter::kBicubic, expected);
  for (int y = 2; y < 14; ++y) {
    for (int x = 3 * 2; x < 3 * 14; ++x) EXPECT_NEAR(seen[2].row(y)[x], expected.row(y)[x], 2);
  }
  for (const std::size_t view : {0U, 2U}) {
    for (int y = 0; y < 16; ++y) {
      for (int x = 0; x < 16; ++x) {
        for (int channel = 0; channel < 3; ++channel) {
          ASSERT_EQ(seen[view].row(y)[3 * x + channel],
                    seen[view + 1].row(y)[3 * (15 - x) + channel]);
        }
      }
    }
  }
}

TEST(Preprocessor, LeavesPicturesOfItsSizeAsTheyAre) {
  const Image image = noise(16, 16);
  Preprocessor preprocessor({}, 16, Fit::kSquash);
  std::vector<float> input(3 * 16 * 16);
  preprocessor.fill(image, 0, input);
  EXPECT_EQ(preprocessor.resized().pixels, image.pixels);
}

TEST(Preprocessor, PadsWithGreyThatIsZeroToTheNetwork) {
  Preprocessor preprocessor({}, 16, Fit::kPad);
  std::vector<float> input(3 * 16 * 16, 1.0F);
  preprocessor.fill(noise(32, 8), 0, input);
  EXPECT_THAT(std::vector<float>(input.begin(), input.begin() + 4 * 16), testing::Each(0.0F));
}

TEST(Preprocessor, ServesOnePictureAfterAnother) {
  const Image first = noise(40, 40);
  const Image second = noise(10, 70);
  Preprocessor fresh({}, 16, Fit::kSquash);
  std::vector<float> expected(3 * 16 * 16);
  fresh.fill(second, 0, expected);

  Preprocessor used({}, 16, Fit::kSquash);
  std::vector<float> input(3 * 16 * 16);
  used.fill(first, 0, input);
  used.fill(second, 0, input);
  EXPECT_EQ(input, expected);
}

TEST(Preprocessor, MakesAViewAtItsOwnSize) {
  const Image image = noise(80, 40);
  Preprocessor preprocessor({}, 16, Fit::kSquash, views_from_names({"whole", "zoom50@24"}));
  EXPECT_EQ(preprocessor.decoded_side(), 48);
  std::vector<float> input(3 * 24 * 24);
  preprocessor.fill(image, 1, input);
  EXPECT_EQ(preprocessor.resized().width, 24);

  const auto side = [](const std::vector<std::string>& names) {
    return Preprocessor({}, 16, Fit::kSquash, views_from_names(names)).decoded_side();
  };
  EXPECT_EQ(side({"whole", "flip@60", "zoom50"}), 60) << "the zoom needs less than the large view";
  EXPECT_EQ(side({"whole", "flip@20", "zoom50"}), 32);

  Preprocessor alone({}, 24, Fit::kSquash, views_from_names({"whole", "zoom50"}));
  std::vector<float> expected(3 * 24 * 24);
  alone.fill(image, 1, expected);
  EXPECT_EQ(input, expected);
}

}  // namespace
}  // namespace pomona
