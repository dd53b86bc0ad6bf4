// SPDX-License-Identifier: Apache-2.0
#include "pomona/training/output_layer_prior.h"

#include <gmock/gmock.h>

#include "pomona/backbone/golden_network.h"
#include "pomona/backbone/logits_head.h"
#include "pomona/base/error.h"

namespace pomona {
namespace {

using testing::AllOf;
using testing::Each;
using testing::HasSubstr;
using testing::Pair;
using testing::UnorderedElementsAre;

std::string refusal_of_classes(std::string_view text) {
  try {
    BackboneClasses::parse(text, "'own.csv'");
  } catch (const Error& error) {
    EXPECT_EQ(error.kind(), ErrorKind::kInvalidInput);
    return error.what();
  }
  return "accepted";
}

TEST(BackboneClasses, AreNumbersWithLabels) {
  const BackboneClasses classes = BackboneClasses::parse(
      "class,name,label\n3,maize,maize\n0,\"ear, spike\",maize\n4,x,fig\n", "");
  EXPECT_THAT(classes.labels(),
              UnorderedElementsAre(Pair(0, "maize"), Pair(3, "maize"), Pair(4, "fig")));
}

TEST(BackboneClasses, SayWhatIsWrongWithAFile) {
  EXPECT_THAT(
      refusal_of_classes("class,name\n1,x\n"),
      AllOf(HasSubstr("reading backbone_classes 'own.csv'"), HasSubstr("no column 'label'")));
  for (const char* number : {"lemon", "", "-1", "1.5", "1e9", "nan"}) {
    EXPECT_THAT(refusal_of_classes(std::string("class,label\n") + number + ",fig\n"),
                HasSubstr("is no whole number"))
        << number;
  }
  EXPECT_THAT(refusal_of_classes("class,label\n1,\n"), HasSubstr("the class 1 has no label"));
  EXPECT_THAT(refusal_of_classes("class,label\n1,fig\n1,fig\n"),
              HasSubstr("the class 1 has two rows"));
  EXPECT_THAT(refusal_of_classes("class,label\n1, fig\n"), HasSubstr("' fig'"));
}

// Fewer components than features: the first two turned into each other, and the others as they are.
Reduction turned(std::size_t components, std::size_t dims) {
  Reduction reduction;
  reduction.pca.components = Matrix<double>(components, dims);
  for (std::size_t j = 0; j < dims; ++j) {
    reduction.scaler.mean.push_back(0.1);
    reduction.scaler.scale.push_back(0.5 + 0.01 * static_cast<double>(j));
    if (j < components) reduction.pca.components(j, j) = 1;
  }
  reduction.pca.components(0, 0) = reduction.pca.components(1, 1) = 0.6;
  reduction.pca.components(0, 1) = 0.8;
  reduction.pca.components(1, 0) = -0.8;
  return reduction;
}

// rows × features: what rows of components stand for.
Matrix<float> features_of(const Reduction& reduction, const Matrix<double>& components) {
  const Matrix<double>& directions = reduction.pca.components;
  Matrix<float> features(components.rows(), directions.cols());
  for (std::size_t i = 0; i < features.rows(); ++i) {
    for (std::size_t j = 0; j < features.cols(); ++j) {
      double sum = 0;
      for (std::size_t k = 0; k < directions.rows(); ++k)
        sum += components(i, k) * directions(k, j);
      features(i, j) =
          static_cast<float>(reduction.scaler.mean[j] + reduction.scaler.scale[j] * sum);
    }
  }
  return features;
}

TEST(OutputLayerPrior, ClassifiesAsTheOutputLayerDoes) {
  const Backbone backbone = golden_backbone();
  const auto dims = static_cast<std::size_t>(backbone.spec.feature_count);
  const BackboneClasses classes = BackboneClasses::parse("class,label\n1,b\n3,b\n2,c\n4,z\n", "");
  const OutputLayerPrior prior(backbone, classes, {"a", "b", "c"});
  const Reduction reduction = turned(dims - 3, dims);
  const Matrix<double> weights = prior.weights(reduction, {"a", "b"});
  ASSERT_EQ(weights.rows(), 3U);
  ASSERT_EQ(weights.cols(), dims - 3);
  EXPECT_THAT(weights.view().row(0), Each(0.0)) << "no class shows it";
  EXPECT_THAT(weights.view().row(2), Each(0.0)) << "it was seen in the wild";
  EXPECT_TRUE(prior.knows("b") && prior.knows("c"));
  EXPECT_FALSE(prior.knows("a") || prior.knows("z"));

  Matrix<double> components(3, dims - 3);  // of the first photograph all 0
  for (std::size_t j = 0; j < components.cols(); ++j) {
    components(1, j) = static_cast<double>(j % 5) / 5 - 0.3;
    components(2, j) = static_cast<double>(j % 7) / 3 - 1.1;
  }
  LogitsHead head(backbone);
  Matrix<float> logits(3, head.logit_count());
  head.logits(features_of(reduction, components).view(), logits.view());
  const auto of_b = [&](std::size_t row) {
    return static_cast<double>(logits(row, 1) + logits(row, 3)) / 2;
  };
  const auto logit = [&](std::size_t row) {
    double sum = 0;
    for (std::size_t j = 0; j < components.cols(); ++j) sum += weights(1, j) * components(row, j);
    return sum;
  };
  const double trust = logit(1) / (of_b(1) - of_b(0));
  EXPECT_GT(trust, 1);
  EXPECT_NEAR(logit(2), trust * (of_b(2) - of_b(0)), 1e-3 * std::abs(logit(2)));
}

TEST(OutputLayerPrior, RefusesAClassThatTheBackboneLacks) {
  const BackboneClasses classes = BackboneClasses::parse("class,label\n5,b\n", "'own.csv'");
  EXPECT_THAT([&] { OutputLayerPrior(golden_backbone(), classes, {"b"}); },
              testing::ThrowsMessage<Error>(
                  AllOf(HasSubstr("'own.csv'"), HasSubstr("no class 5"), HasSubstr("0 to 4"))));
}

}  // namespace
}  // namespace pomona
