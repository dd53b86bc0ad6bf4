// SPDX-License-Identifier: Apache-2.0
#include "pomona/compose/value_noise.h"

#include <gtest/gtest.h>

#include <cmath>

namespace pomona {
namespace {

TEST(ValueNoise, IsSmoothAndBetweenZeroAndOne) {
  const ValueNoise noise(5);
  float least = 1;
  float most = 0;
  for (int i = -4000; i < 4000; ++i) {
    const float x = static_cast<float>(i) * 0.01F;
    const float value = noise.at(x, 0.37F * x);
    EXPECT_NEAR(value, noise.at(x + 0.01F, 0.37F * x), 0.02);
    least = std::fmin(least, value);
    most = std::fmax(most, value);
    const float cloud = noise.cloud(x, 2.5F, 4);
    EXPECT_TRUE(cloud >= 0 && cloud <= 1);
  }
  EXPECT_TRUE(least >= 0 && least < 0.15F);
  EXPECT_TRUE(most <= 1 && most > 0.85F);
}

TEST(ValueNoise, DependsOnTheSeed) {
  EXPECT_EQ(ValueNoise(5).at(1.5F, 2.25F), ValueNoise(5).at(1.5F, 2.25F));
  EXPECT_NE(ValueNoise(5).at(1.5F, 2.25F), ValueNoise(6).at(1.5F, 2.25F));
  EXPECT_NE(ValueNoise(5).at(1.5F, 2.25F), ValueNoise(1ULL << 40U).at(1.5F, 2.25F));
}

}  // namespace
}  // namespace pomona
