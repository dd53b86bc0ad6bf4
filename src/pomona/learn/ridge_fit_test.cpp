// SPDX-License-Identifier: Apache-2.0
#include <gmock/gmock.h>

#include <cmath>

#include "pomona/base/error.h"
#include "pomona/learn/classifier_fit.h"
#include "pomona/learn/golden.h"
#include "pomona/learn/made_up_rows.h"

namespace pomona {
namespace {

using testing::HasSubstr;

std::string refusal(const Moments& moments, double alpha) {
  try {
    fit_ridge(moments, alpha);
  } catch (const Error& error) {
    EXPECT_EQ(error.kind(), ErrorKind::kInvalidInput);
    return error.what();
  }
  return "accepted";
}

TEST(RidgeFitTest, AgreesWithRidgeOnStandardisedFeatures) {
  const Moments moments = moments_of(made_up_rows(2, 300, 40, 5, 1.0), 5);
  for (const Json& golden : golden_learn("ridge.json")) {
    const Classifier classifier = fit_ridge(moments, golden["alpha"].get<double>());
    double largest = 0;
    for (const Json& row : golden["weights"]) {
      for (const Json& weight : row) largest = std::max(largest, std::abs(weight.get<double>()));
    }
    for (std::size_t k = 0; k < 5; ++k) {
      const double bias = golden["bias"][k].get<double>();
      EXPECT_NEAR(classifier.bias[k], bias, 1e-6 * std::max(1.0, std::abs(bias)));
      for (std::size_t j = 0; j < 40; ++j) {
        EXPECT_NEAR(classifier.weights(k, j), golden["weights"][k][j].get<double>(),
                    1e-6 * largest);
      }
    }
  }
}

TEST(RidgeFitTest, ConstantFeatureGetsNoWeight) {
  MadeUpRows made = made_up_rows(51, 60, 4, 2, 1.0);
  for (std::size_t i = 0; i < 60; ++i) made.rows(i, 2) = 7;
  const Classifier classifier = fit_ridge(moments_of(made, 2), 1);
  EXPECT_EQ(classifier.weights(0, 2), 0);
  EXPECT_TRUE(std::isfinite(classifier.bias[0]));
}

TEST(RidgeFitTest, SaysWhatIsWrong) {
  MadeUpRows made = made_up_rows(52, 30, 4, 2, 1.0);
  EXPECT_THAT(refusal(moments_of(made, 1 + 2), 1), HasSubstr("class 2 of 3 has no training rows"));
  EXPECT_THAT(refusal(Moments(4, 1), 1), HasSubstr("at least 2 classes, found 1"));
  for (const double alpha : {-1.0, std::nan(""), HUGE_VAL}) {
    EXPECT_THAT(refusal(moments_of(made, 2), alpha), HasSubstr("a finite alpha of at least 0"));
  }
  for (std::size_t i = 0; i < 30; ++i) made.rows(i, 3) = 0;
  EXPECT_THAT(refusal(moments_of(made, 2), 0), HasSubstr("take a larger alpha"));
  made.labels[0] = -1;
  EXPECT_THAT(refusal(moments_of(made, 2), 1), HasSubstr("1 of 30 rows have no class"));
}

}  // namespace
}  // namespace pomona
