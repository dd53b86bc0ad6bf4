// SPDX-License-Identifier: Apache-2.0
#include "pomona/learn/scaler_fit.h"

#include <gmock/gmock.h>

#include "pomona/base/error.h"
#include "pomona/learn/golden.h"
#include "pomona/learn/made_up_rows.h"

namespace pomona {
namespace {

TEST(ScalerFitTest, AgreesWithStandardScaler) {
  MadeUpRows made = made_up_rows(1, 300, 40, 5, 1.0);
  for (std::size_t i = 0; i < 300; ++i) made.rows(i, 39) = 3;
  const Scaler scaler = fit_scaler(moments_of(made, 5), /*with_std=*/true);
  const Json golden = golden_learn("reduction.json");
  ASSERT_EQ(scaler.dims(), 40U);
  for (std::size_t j = 0; j < 40; ++j) {
    EXPECT_NEAR(scaler.mean[j], golden["mean"][j].get<double>(), 1e-12 * 20);
    const double scale = golden["scale"][j].get<double>();
    EXPECT_NEAR(scaler.scale[j], scale, 1e-10 * scale);
  }
  EXPECT_EQ(scaler.scale[39], 1) << "a constant feature";
}

TEST(ScalerFitTest, OnlyCentresWithoutStd) {
  const Moments moments = moments_of(made_up_rows(1, 50, 3, 2, 1.0), 2);
  const Scaler scaler = fit_scaler(moments, /*with_std=*/false);
  EXPECT_EQ(scaler.mean, moments.mean());
  EXPECT_THAT(scaler.scale, testing::Each(1.0));
}

TEST(ScalerFitTest, OneRowScalesByOne) {
  const Moments moments = moments_of(made_up_rows(1, 1, 3, 1, 1.0), 1);
  EXPECT_THAT(fit_scaler(moments, /*with_std=*/true).scale, testing::Each(1.0));
}

TEST(ScalerFitTest, RefusesNoRows) {
  EXPECT_THROW(fit_scaler(Moments(3, 0), /*with_std=*/true), Error);
}

}  // namespace
}  // namespace pomona
