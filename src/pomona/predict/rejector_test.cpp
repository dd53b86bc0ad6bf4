// SPDX-License-Identifier: Apache-2.0
#include "pomona/predict/rejector.h"

#include <gtest/gtest.h>

#include <cmath>
#include <vector>

#include "pomona/bundle/made_up_bundle.h"

namespace pomona {
namespace {

TEST(Rejector, OfAPictureThatShowsTooLittle) {
  const PictureQuality good{.shorter_side = 40, .brightness = 0.1, .sharpness = 0.11};
  EXPECT_EQ(rejection_of_picture(good), std::nullopt);
  PictureQuality quality = good;
  quality.sharpness = 0.109;
  EXPECT_EQ(rejection_of_picture(quality), RejectionReason::kTooBlurred);
  quality.brightness = 0.099;
  EXPECT_EQ(rejection_of_picture(quality), RejectionReason::kTooDark);
  quality.shorter_side = 39;
  EXPECT_EQ(rejection_of_picture(quality), RejectionReason::kTooSmall);
}

TEST(Rejector, InDistributionScoreIsTheShareOfUsualClasses) {
  const std::vector<double> usual = {1, 0.5, 0};
  const std::vector<float> even = {7, 7, 7};
  EXPECT_NEAR(in_distribution_score(usual, even), std::log(0.5), 1e-6);
  const std::vector<float> sure = {100, 0, 0};
  EXPECT_NEAR(in_distribution_score(usual, sure), 0, 1e-6);
  const std::vector<float> odd = {0, 0, 1000};
  EXPECT_LT(in_distribution_score(usual, odd), -60);
}

// Two known rows along the first and the last of four features, which are all seen.
Novelty see_from_zero() {
  Novelty novelty{{Matrix<double>(4, 4), std::vector<double>(4)}, Matrix<float>(2, 4)};
  for (std::size_t i = 0; i < 4; ++i) novelty.discriminants.weights(i, i) = 1;
  novelty.references(0, 0) = novelty.references(1, 3) = 1;
  return novelty;
}

TEST(Rejector, GoesByTheDistanceToWhatIsKnown) {
  Bundle bundle = made_up_bundle();
  bundle.reject_option.usual_classes.clear();  // no network is needed
  bundle.reject_option.novelty = see_from_zero();
  Matrix<float> features(3, 4);
  features(0, 0) = 5;                   // a reference
  features(1, 0) = features(1, 3) = 1;  // between two, 0.29 from each
  features(2, 1) = 1;                   // far from all
  const auto found = Rejector(bundle).ood_scores(features.view());
  EXPECT_EQ(found[0].rejected, std::nullopt);
  EXPECT_NEAR(found[0].value, 0, 1e-6);
  EXPECT_EQ(found[1].rejected, std::nullopt);
  EXPECT_NEAR(found[1].value, (1 - std::sqrt(0.5)) / bundle.reject_option.most_distance, 1e-6);
  EXPECT_EQ(found[2].rejected, RejectionReason::kUnknownKind);
  EXPECT_NEAR(found[2].value, 1 / bundle.reject_option.most_distance, 1e-6);
  bundle.reject_option.most_distance = 0.2;
  EXPECT_EQ(Rejector(bundle).ood_scores(features.view())[1].rejected,
            RejectionReason::kUnknownKind);
  bundle.reject_option.rate = 0;
  EXPECT_EQ(Rejector(bundle).ood_scores(features.view())[2].rejected, std::nullopt);
}

}  // namespace
}  // namespace pomona
