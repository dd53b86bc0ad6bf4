// SPDX-License-Identifier: Apache-2.0
#include "pomona/learn/simd.h"

#include <gtest/gtest.h>

#include <cmath>

namespace pomona {
namespace {

TEST(SimdTest, ExponentialIsGoodToFloat) {
  EXPECT_EQ(exp_of_negative(0), 1);
  for (int step = 0; step <= 6350; ++step) {  // down to -87
    const float x = -0.0137F * static_cast<float>(step);
    const double expected = std::exp(static_cast<double>(x));
    EXPECT_NEAR(static_cast<double>(exp_of_negative(x)), expected, 2e-7 * expected) << x;
  }
  EXPECT_EQ(exp_of_negative(-1e30F), exp_of_negative(-87));
  EXPECT_EQ(exp_of_negative(-INFINITY), exp_of_negative(-87));
}

}  // namespace
}  // namespace pomona
