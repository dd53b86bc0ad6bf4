// SPDX-License-Identifier: Apache-2.0
#include "pomona/features/crop_mean.h"

#include <gmock/gmock.h>

#include <vector>

#include "pomona/base/error.h"

namespace pomona {
namespace {

using testing::ElementsAre;

TEST(CropMean, OfSeveralCropsIsTakenFeatureByFeature) {
  const std::vector<float> rows = {1, 2, 3, 5, 0, -4, 2, 2, 2, 2, 2, 2};
  CropMean mean(3);
  const auto means = mean.of({rows.data(), 2, 6});
  EXPECT_THAT(std::vector<float>(means.data(), means.data() + means.size()),
              ElementsAre(4.0F / 3, 1, 2, 2));
}

TEST(CropMean, KeepsTheOrderOfFeatures) {
  const std::vector<float> rows = {1, 20, 3, 40};
  CropMean mean(2);
  const auto means = mean.of({rows.data(), 1, 4});
  EXPECT_THAT(std::vector<float>(means.row(0).begin(), means.row(0).end()), ElementsAre(2, 30));
}

TEST(CropMean, RefusesRowsThatNoCropsFillEvenly) {
  const std::vector<float> rows = {1, 2, 3};
  CropMean mean(2);
  EXPECT_THROW(mean.of({rows.data(), 1, 3}), Error);
}

TEST(CropMean, OfOneCropIsThatCrop) {
  const std::vector<float> rows = {1, 2};
  CropMean mean(1);
  EXPECT_EQ(mean.of({rows.data(), 1, 2}).data(), rows.data());
}

}  // namespace
}  // namespace pomona
