// SPDX-License-Identifier: Apache-2.0
#include "pomona/features/photograph_featurizer.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <algorithm>
#include <string>

#include "pomona/backbone/tiny_featurizer.h"
#include "pomona/base/random.h"
#include "pomona/image/jpeg_encode.h"

namespace pomona {
namespace {

std::string photograph(std::uint64_t seed, int width = 60, int height = 40) {
  Image image;
  image.set_size(width, height);
  Random random(seed);
  const std::uint8_t base = static_cast<std::uint8_t>(random.uniform() * 200);
  for (std::size_t i = 0; i < image.pixels.size(); ++i) {
    image.pixels[i] = static_cast<std::uint8_t>(base + i % 50);
  }
  std::string bytes;
  JpegEncoder().encode(image, 90, bytes);
  return bytes;
}

ExtractSetup tiny_setup(const std::vector<std::string>& crops) {
  ExtractSetup setup;
  setup.backbone.spec = tiny_backbone_spec();
  setup.featurizer.size = 32;
  setup.crops = crops_from_names(crops);
  return setup;
}

CropNetworks tiny_networks(const ExtractSetup& setup) {
  return {setup.crops, 32, [](int size) {
            FeaturizerOptions options;
            options.size = size;
            options.batch = 3;
            options.slots = 2;
            return make_tiny_featurizer(options);
          }};
}

class PhotographFeaturizerTest : public testing::Test {
 protected:
  std::vector<float> alone(std::uint64_t seed) {
    PhotographFeaturizer featurizer(networks_, setup_, networks_.every_crop(), {0});
    EXPECT_TRUE(featurizer.add(photograph(seed), {}));
    return featurizer.finish();
  }

  ExtractSetup setup_ = tiny_setup({"whole", "flip", "center50"});
  CropNetworks networks_ = tiny_networks(setup_);
};

TEST_F(PhotographFeaturizerTest, GivesARowForEveryPhotographThatCanBeDecoded) {
  PhotographFeaturizer featurizer(networks_, setup_, networks_.every_crop(), {0, 1});
  EXPECT_TRUE(featurizer.add(photograph(1), {}));
  const auto failed = featurizer.add("no photograph", {});
  ASSERT_FALSE(failed);
  EXPECT_EQ(failed.error().kind, DecodeFailureKind::kNotAnImage);
  EXPECT_TRUE(featurizer.add(photograph(2), {}));
  const std::vector<float> rows = featurizer.finish();
  ASSERT_EQ(rows.size(), 2 * featurizer.row_width());
  const std::span<const float> found(rows);
  EXPECT_THAT(found.first(featurizer.row_width()), testing::ElementsAreArray(alone(1)));
  EXPECT_THAT(found.last(featurizer.row_width()), testing::ElementsAreArray(alone(2)));
}

TEST_F(PhotographFeaturizerTest, ReturnsAPhotographOverTheLimitsAsAValue) {
  PhotographFeaturizer featurizer(networks_, setup_, networks_.every_crop(), {0});
  DecodeLimits limits;
  limits.max_pixels = 100;
  const auto failed = featurizer.add(photograph(1), limits);
  ASSERT_FALSE(failed);
  EXPECT_EQ(failed.error().kind, DecodeFailureKind::kTooLarge);
  EXPECT_TRUE(featurizer.finish().empty());
}

TEST_F(PhotographFeaturizerTest, KeepsThePreviewOfTheWhole) {
  PhotographFeaturizer featurizer(networks_, setup_, networks_.every_crop(), {0});
  ASSERT_TRUE(featurizer.add(photograph(1), {}, /*keep_preview=*/true));
  const std::string all_crops(featurizer.preview());
  PhotographFeaturizer whole(networks_, setup_, {0}, {0});
  ASSERT_TRUE(whole.add(photograph(1), {}, /*keep_preview=*/true));
  EXPECT_EQ(whole.preview(), all_crops);
  Image picture;
  EXPECT_TRUE(PreviewDecoder().decode(all_crops, picture));
}

TEST_F(PhotographFeaturizerTest, IsAsNewAfterAbandon) {
  PhotographFeaturizer featurizer(networks_, setup_, networks_.every_crop(), {0, 1});
  for (const std::uint64_t seed : {1U, 2U, 3U, 4U})
    ASSERT_TRUE(featurizer.add(photograph(seed), {}));
  std::ranges::fill(featurizer.add_known(), 7.0F);
  featurizer.abandon();
  ASSERT_TRUE(featurizer.add(photograph(5), {}));
  EXPECT_EQ(featurizer.finish(), alone(5));
  featurizer.use({1});
  ASSERT_TRUE(featurizer.add(photograph(6), {}));
  EXPECT_EQ(featurizer.finish(), alone(6));
}

}  // namespace
}  // namespace pomona
