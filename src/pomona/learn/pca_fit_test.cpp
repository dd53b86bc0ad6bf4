// SPDX-License-Identifier: Apache-2.0
#include "pomona/learn/pca_fit.h"

#include <gmock/gmock.h>

#include <cmath>
#include <numeric>

#include "pomona/base/error.h"
#include "pomona/learn/golden.h"
#include "pomona/learn/made_up_rows.h"
#include "pomona/learn/scaler_fit.h"

namespace pomona {
namespace {

using testing::HasSubstr;

MadeUpRows golden_rows() {
  MadeUpRows made = made_up_rows(1, 300, 40, 5, 1.0);
  for (std::size_t i = 0; i < 300; ++i) made.rows(i, 39) = 3;
  return made;
}

Pca fit(const Moments& moments, const ComponentChoice& choice) {
  return fit_pca(moments, fit_scaler(moments, /*with_std=*/true), choice);
}

double dot(std::span<const double> a, std::span<const double> b) {
  return std::inner_product(a.begin(), a.end(), b.begin(), 0.0);
}

TEST(PcaFitTest, ComponentsAgreeWithScikitLearnUpToSign) {
  const MadeUpRows made = golden_rows();
  const Moments moments = moments_of(made, 5);
  const Scaler scaler = fit_scaler(moments, /*with_std=*/true);
  const Pca pca = fit_pca(moments, scaler, ComponentCount{10});
  Matrix<float> components(300, 10);
  project(fold(scaler, pca), made.rows.view(), components.view());

  const Json golden = golden_learn("reduction.json");
  double largest = 0;
  for (const Json& row : golden["components"]) {
    for (const Json& component : row)
      largest = std::max(largest, std::abs(component.get<double>()));
  }
  for (std::size_t k = 0; k < 10; ++k) {
    double product = 0;
    for (std::size_t i = 0; i < 300; ++i) {
      product += golden["components"][i][k].get<double>() * static_cast<double>(components(i, k));
    }
    const double sign = product < 0 ? -1 : 1;
    for (std::size_t i = 0; i < 300; ++i) {
      ASSERT_NEAR(sign * static_cast<double>(components(i, k)),
                  golden["components"][i][k].get<double>(), 1e-6 * largest)
          << "row " << i << " component " << k;
    }
  }
}

TEST(PcaFitTest, VariancesAgreeWithScikitLearn) {
  const Pca pca = fit(moments_of(golden_rows(), 5), ComponentCount{10});
  const Json golden = golden_learn("reduction.json");
  ASSERT_EQ(pca.spectrum_ratio.size(), 40U);
  for (std::size_t k = 0; k < 40; ++k) {
    EXPECT_NEAR(pca.spectrum_ratio[k], golden["spectrum_ratio"][k].get<double>(), 1e-10);
  }
  ASSERT_EQ(pca.explained_variance.size(), 10U);
  ASSERT_EQ(pca.explained_variance_ratio.size(), 10U);
  for (std::size_t k = 0; k < 10; ++k) {
    const double variance = golden["explained_variance"][k].get<double>();
    EXPECT_NEAR(pca.explained_variance[k], variance, 1e-10 * variance);
    EXPECT_NEAR(pca.explained_variance_ratio[k],
                golden["explained_variance_ratio"][k].get<double>(), 1e-10);
  }
}

TEST(PcaFitTest, TakesTheFewestComponentsThatReachAShare) {
  const Moments moments = moments_of(golden_rows(), 5);
  const Json shares = golden_learn("reduction.json")["shares"];
  ASSERT_FALSE(shares.empty());
  for (const Json& pair : shares) {
    EXPECT_EQ(fit(moments, VarianceShare{pair[0].get<double>()}).n_components(),
              pair[1].get<std::size_t>());
  }
}

TEST(PcaFitTest, ComponentsAreOrthonormalAndTheirLargestElementPositive) {
  const Pca pca = fit(moments_of(golden_rows(), 5), ComponentCount{40});
  for (std::size_t a = 0; a < 40; ++a) {
    for (std::size_t b = 0; b <= a; ++b) {
      EXPECT_NEAR(dot(pca.components.row(a), pca.components.row(b)), a == b ? 1 : 0, 1e-12);
    }
    const auto [low, high] = std::ranges::minmax(pca.components.row(a));
    EXPECT_GE(high, -low);
  }
}

TEST(PcaFitTest, FewOrRepeatedRowsStillGiveOrthonormalComponents) {
  const MadeUpRows few = made_up_rows(3, 3, 8, 2, 1.0);
  MadeUpRows repeated{Matrix<float>(30, 8), std::vector<std::int32_t>(30)};
  for (std::size_t i = 0; i < 30; ++i) {
    std::ranges::copy(few.rows.row(i % 3), repeated.rows.row(i).begin());
  }
  const Pca pca = fit(moments_of(repeated, 2), ComponentCount{8});
  EXPECT_NEAR(pca.spectrum_ratio[0] + pca.spectrum_ratio[1], 1, 1e-12) << "three points, a plane";
  for (std::size_t a = 0; a < 8; ++a) {
    EXPECT_GE(pca.explained_variance[a], 0);
    EXPECT_NEAR(dot(pca.components.row(a), pca.components.row(a)), 1, 1e-12);
  }
}

TEST(PcaFitTest, SaysHowManyComponentsThereCanBe) {
  const Moments moments = moments_of(made_up_rows(2, 7, 40, 2, 1.0), 2);
  EXPECT_EQ(max_components(moments.rows(), moments.dims()), 6U);
  EXPECT_EQ(fit(moments, ComponentCount{6}).n_components(), 6U);
  try {
    fit(moments, ComponentCount{7});
    FAIL();
  } catch (const Error& error) {
    EXPECT_EQ(error.kind(), ErrorKind::kInvalidInput);
    EXPECT_THAT(error.what(), HasSubstr("components: expected 1 to 6"));
  }
  EXPECT_EQ(max_components(70, 40), 40U);
  EXPECT_EQ(max_components(0, 5), 1U);
}

TEST(PcaFitTest, RefusesWhatHasNoDirection) {
  Moments same(3, 0);
  same.add(Matrix<float>(5, 3).view(), {});
  EXPECT_THROW(fit(same, ComponentCount{1}), Error);
  EXPECT_THROW(fit(same, VarianceShare{0.5}), Error);
  EXPECT_THROW(fit(moments_of(made_up_rows(2, 1, 4, 1, 1.0), 1), ComponentCount{1}), Error);
}

std::string refused_choice(const ComponentChoice& choice) {
  try {
    check_components(choice);
  } catch (const Error& error) {
    EXPECT_EQ(error.kind(), ErrorKind::kInvalidInput);
    const Moments moments = moments_of(made_up_rows(2, 20, 4, 2, 1.0), 2);
    EXPECT_THROW(fit(moments, choice), Error);
    EXPECT_THROW(check_components(choice, 20, 4), Error);
    return error.what();
  }
  return "accepted";
}

TEST(PcaFitTest, ChoicesThatFitNoRowsAreRefusedBeforeThereAreAny) {
  EXPECT_THAT(refused_choice(ComponentCount{0}), HasSubstr("components: expected at least 1"));
  EXPECT_EQ(refused_choice(ComponentCount{1}), "accepted");
  EXPECT_EQ(refused_choice(VarianceShare{0.5}), "accepted");
  for (const double share : {0.0, 1.0, -1.0, std::nan("")}) {
    EXPECT_THAT(refused_choice(VarianceShare{share}),
                HasSubstr("components: expected a share of the variance between"));
  }
}

TEST(PcaFitTest, RefusesAnotherScaler) {
  const Moments moments = moments_of(made_up_rows(2, 20, 4, 2, 1.0), 2);
  EXPECT_THROW(fit_pca(moments, Scaler{{0}, {1}}, ComponentCount{1}), Error);
}

}  // namespace
}  // namespace pomona
