// SPDX-License-Identifier: Apache-2.0
#include "pomona/learn/pca.h"

#include <gtest/gtest.h>

#include "pomona/base/error.h"
#include "pomona/learn/made_up_rows.h"

namespace pomona {
namespace {

Projection made_up_projection(std::size_t outputs, std::size_t dims) {
  Random random(21);
  Projection projection{Matrix<double>(outputs, dims), std::vector<double>(outputs)};
  for (double& weight : std::span(projection.weights.data(), projection.weights.size())) {
    weight = bell(random);
  }
  for (double& offset : projection.offset) offset = bell(random);
  return projection;
}

TEST(PcaTest, FoldedMapEqualsScalingThenRotating) {
  const Scaler scaler{{1, 2}, {2, 4}};
  Pca pca;
  pca.components = Matrix<double>(1, 2);
  pca.components(0, 0) = 0.6;
  pca.components(0, 1) = 0.8;
  Matrix<float> row(1, 2);
  row(0, 0) = 5;
  row(0, 1) = -2;
  Matrix<float> component(1, 1);
  project(fold(scaler, pca), row.view(), component.view());
  EXPECT_FLOAT_EQ(component(0, 0), 0.6F * 2 + 0.8F * -1);
}

// What is promised of a row must hold wherever it stands: kernels for whole tiles and for what
// remains beside them must not differ.
TEST(PcaTest, BitsOfARowDependNeitherOnItsPlaceNorOnOtherRows) {
  const Projection projection = made_up_projection(37, 261);
  const MadeUpRows made = made_up_rows(22, 401, 261, 3, 1.0);
  Matrix<float> together(401, 37);
  project(projection, made.rows.view(), together.view());
  for (std::size_t i = 0; i < 401; ++i) {
    Matrix<float> alone(1, 37);
    project(projection, made.rows.view().rows_from(i, 1), alone.view());
    ASSERT_TRUE(std::ranges::equal(alone.row(0), together.row(i))) << "row " << i;
  }
}

TEST(PcaTest, RefusesShapesThatDoNotFit) {
  const Projection projection = made_up_projection(2, 3);
  Matrix<float> components(4, 2);
  EXPECT_THROW(project(projection, Matrix<float>(4, 5).view(), components.view()), Error);
  EXPECT_THROW(project(projection, Matrix<float>(3, 3).view(), components.view()), Error);
  EXPECT_THROW(fold(Scaler{{0}, {1}}, Pca{Matrix<double>(1, 2), {}, {}, {}}), Error);
  Matrix<float> none(0, 2);
  project(projection, Matrix<float>(0, 3).view(), none.view());
}

}  // namespace
}  // namespace pomona
