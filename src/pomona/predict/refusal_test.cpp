// SPDX-License-Identifier: Apache-2.0
#include "pomona/predict/refusal.h"

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

// Two known rows along the first and the last of four features, which are all seen.
Novelty see_from_zero() {
  Novelty novelty{{Matrix<double>(4, 4), std::vector<double>(4)}, Matrix<float>(2, 4)};
  for (std::size_t i = 0; i < 4; ++i) novelty.discriminants.weights(i, i) = 1;
  novelty.references(0, 0) = novelty.references(1, 3) = 1;
  return novelty;
}

TEST(Refusal, GoesByTheDistanceToWhatIsKnown) {
  Bundle bundle = made_up_bundle();
  bundle.refusal.usual_classes.clear();  // no network is needed
  bundle.refusal.novelty = see_from_zero();
  Matrix<float> features(3, 4);
  features(0, 0) = 5;                   // a reference
  features(1, 0) = features(1, 3) = 1;  // between two, 0.29 from each
  features(2, 1) = 1;                   // far from all
  const auto found = Refuser(bundle).strangeness(features.view());
  EXPECT_EQ(found[0].refused, std::nullopt);
  EXPECT_NEAR(found[0].value, 0, 1e-6);
  EXPECT_EQ(found[1].refused, std::nullopt);
  EXPECT_NEAR(found[1].value, (1 - std::sqrt(0.5)) / bundle.refusal.most_distance, 1e-6);
  EXPECT_EQ(found[2].refused, RefusalReason::kUnknownKind);
  EXPECT_NEAR(found[2].value, 1 / bundle.refusal.most_distance, 1e-6);
  bundle.refusal.most_distance = 0.2;
  EXPECT_EQ(Refuser(bundle).strangeness(features.view())[1].refused, RefusalReason::kUnknownKind);
  bundle.refusal.share = 0;
  EXPECT_EQ(Refuser(bundle).strangeness(features.view())[2].refused, std::nullopt);
}

}  // namespace
}  // namespace pomona
