// SPDX-License-Identifier: Apache-2.0
#include "pomona/pipeline/refusal.h"

#include <gtest/gtest.h>

#include <cmath>
#include <vector>

#include "pomona/bundle/made_up_bundle.h"

namespace pomona {
namespace {

TEST(Refusal, OfAPictureThatShowsTooLittle) {
  const PictureQuality good{.shorter_side = 40, .brightness = 0.1, .sharpness = 0.11};
  EXPECT_EQ(refusal_of_picture(good), std::nullopt);
  PictureQuality quality = good;
  quality.sharpness = 0.109;
  EXPECT_EQ(refusal_of_picture(quality), RefusalReason::kTooBlurred);
  quality.brightness = 0.099;
  EXPECT_EQ(refusal_of_picture(quality), RefusalReason::kTooDark);
  quality.shorter_side = 39;
  EXPECT_EQ(refusal_of_picture(quality), RefusalReason::kTooSmall);
}

TEST(Refusal, FamiliarityIsTheShareOfUsualClasses) {
  const std::vector<double> usual = {1, 0.5, 0};
  const std::vector<float> even = {7, 7, 7};
  EXPECT_NEAR(familiarity(usual, even), std::log(0.5), 1e-6);
  const std::vector<float> sure = {100, 0, 0};
  EXPECT_NEAR(familiarity(usual, sure), 0, 1e-6);
  const std::vector<float> strange = {0, 0, 1000};
  EXPECT_LT(familiarity(usual, strange), -60);
}

TEST(Refusal, GoesByTheDistanceToWhatIsKnown) {
  Bundle bundle = made_up_bundle();
  bundle.refusal.usual_classes.clear();  // no network is needed
  bundle.refusal.novelty.mean.assign(4, 0);
  Matrix<float> features(3, 4);
  features(0, 0) = 5;                   // a reference
  features(1, 0) = features(1, 3) = 1;  // between two, 0.29 from each
  features(2, 1) = 1;                   // far from all
  const auto refusals = Refuser(bundle).refusals(features.view());
  EXPECT_EQ(refusals[0], std::nullopt);
  EXPECT_EQ(refusals[1], std::nullopt);
  EXPECT_EQ(refusals[2], RefusalReason::kUnknownKind);
  bundle.refusal.most_distance = 0.2;
  EXPECT_EQ(Refuser(bundle).refusals(features.view())[1], RefusalReason::kUnknownKind);
  bundle.refusal.share = 0;
  EXPECT_EQ(Refuser(bundle).refusals(features.view())[2], std::nullopt);
}

}  // namespace
}  // namespace pomona
