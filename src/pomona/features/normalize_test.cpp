// SPDX-License-Identifier: Apache-2.0
#include "pomona/features/normalize.h"

#include <gtest/gtest.h>

#include <vector>

#include "pomona/base/random.h"

namespace pomona {
namespace {

// Sizes around the widths of vectors, so that every remainder of a loop is met.
class Normalize : public testing::TestWithParam<int> {
 protected:
  Normalize() {
    image_.set_size(GetParam(), 3);
    Random random(1);
    for (auto& value : image_.pixels) value = static_cast<std::uint8_t>(random.below(256));
    spec_.mean = {123.675F, 116.28F, 103.53F};
    spec_.std_dev = {58.395F, 57.12F, 57.375F};
  }

  std::vector<float> normalized(TensorLayout layout, ChannelOrder channels) {
    spec_.layout = layout;
    spec_.channels = channels;
    std::vector<float> tensor(image_.pixels.size() + 1, -1000.0F);
    normalize(image_, spec_, std::span(tensor).first(image_.pixels.size()));
    EXPECT_EQ(tensor.back(), -1000.0F) << "wrote beyond the tensor";
    return tensor;
  }

  float expected(int x, int y, std::size_t channel) const {
    const std::size_t source = spec_.channels == ChannelOrder::kBgr ? 2 - channel : channel;
    const std::uint8_t level = image_.row(y)[3 * x + static_cast<int>(source)];
    return (static_cast<float>(level) - spec_.mean[channel]) / spec_.std_dev[channel];
  }

  void expect_planes(ChannelOrder channels) {
    const std::vector<float> tensor = normalized(TensorLayout::kNchw, channels);
    std::size_t i = 0;
    for (std::size_t channel = 0; channel < 3; ++channel) {
      for (int y = 0; y < image_.height; ++y) {
        for (int x = 0; x < image_.width; ++x) ASSERT_EQ(tensor[i++], expected(x, y, channel));
      }
    }
  }

  void expect_interleaved(ChannelOrder channels) {
    const std::vector<float> tensor = normalized(TensorLayout::kNhwc, channels);
    std::size_t i = 0;
    for (int y = 0; y < image_.height; ++y) {
      for (int x = 0; x < image_.width; ++x) {
        for (std::size_t channel = 0; channel < 3; ++channel) {
          ASSERT_EQ(tensor[i++], expected(x, y, channel));
        }
      }
    }
  }

  Image image_;
  BackboneSpec spec_;
};

TEST_P(Normalize, FillsPlanesExactly) { expect_planes(ChannelOrder::kRgb); }
TEST_P(Normalize, FillsInterleavedExactly) { expect_interleaved(ChannelOrder::kRgb); }
TEST_P(Normalize, FillsPlanesOfBgr) { expect_planes(ChannelOrder::kBgr); }
TEST_P(Normalize, FillsInterleavedBgr) { expect_interleaved(ChannelOrder::kBgr); }

INSTANTIATE_TEST_SUITE_P(Widths, Normalize, testing::Values(1, 2, 5, 7, 8, 9, 16, 31, 64, 129));

}  // namespace
}  // namespace pomona
