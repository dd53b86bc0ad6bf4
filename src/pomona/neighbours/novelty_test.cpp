// SPDX-License-Identifier: Apache-2.0
#include "pomona/neighbours/novelty.h"

#include <gmock/gmock.h>

#include "pomona/base/error.h"
#include "pomona/learn/discriminant_fit.h"
#include "pomona/learn/golden.h"
#include "pomona/learn/made_up_rows.h"

namespace pomona {
namespace {

TEST(Novelty, AlongDiscriminantsIsTheCosineDistanceOfScikitLearn) {
  const Json golden = golden_learn("novelty.json");
  const MadeUpRows known = made_up_rows(9, 60, 7, 4, 0.8);
  std::vector<double> weights;
  for (std::size_t i = 0; i < 60; ++i) weights.push_back(1 + static_cast<double>(i % 3));
  Novelty novelty;
  novelty.discriminants = fit_discriminants(known.rows.view(), known.labels, weights, 5);
  novelty.references = novelty_directions(novelty.discriminants, known.rows.view());
  const std::vector<double> distances =
      novelty_distances(novelty, made_up_rows(10, 30, 7, 4, 2.0).rows.view());
  ASSERT_EQ(distances.size(), golden["distances"].size());
  for (std::size_t i = 0; i < distances.size(); ++i) {
    EXPECT_NEAR(distances[i], golden["distances"][i].get<double>(), 1e-6) << i;
  }
}

TEST(Novelty, WhatIsKnownIsAtNoDistanceHoweverLong) {
  const MadeUpRows known = made_up_rows(9, 10, 3, 2, 1.0);
  Novelty novelty{{Matrix<double>(3, 3), std::vector<double>(3)}, {}};
  for (std::size_t i = 0; i < 3; ++i) novelty.discriminants.weights(i, i) = 1;
  EXPECT_THAT(novelty_distances(novelty, known.rows.view()), testing::Each(1.0));
  novelty.references = novelty_directions(novelty.discriminants, known.rows.view());
  Matrix<float> longer = known.rows;
  for (std::size_t i = 0; i < longer.size(); ++i) longer.data()[i] *= 3;
  EXPECT_THAT(novelty_distances(novelty, longer.view()), testing::Each(testing::Le(1e-6)));
  EXPECT_THAT(novelty_distances(novelty, Matrix<float>(1, 3).view()), testing::Each(1.0));
  EXPECT_THROW(novelty_distances(novelty, Matrix<float>(1, 4).view()), Error);
}

TEST(Novelty, RefusesReferencesOfOtherDimensions) {
  Novelty novelty{{Matrix<double>(3, 3), std::vector<double>(3)}, Matrix<float>(2, 2)};
  EXPECT_THROW(novelty_distances(novelty, Matrix<float>(1, 3).view()), Error);
}

}  // namespace
}  // namespace pomona
