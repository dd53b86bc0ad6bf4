// SPDX-License-Identifier: Apache-2.0
#include "pomona/pipeline/backbone_prior.h"

#include <gmock/gmock.h>

#include "pomona/base/error.h"
#include "pomona/features/golden_network.h"
#include "pomona/features/logits_head.h"

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
  EXPECT_THAT(refusal_of_classes("class,name\n1,x\n"),
              AllOf(HasSubstr("--backbone-classes 'own.csv'"), HasSubstr("no column 'label'")));
  for (const char* number : {"lemon", "", "-1", "1.5", "1e9", "nan"}) {
    EXPECT_THAT(refusal_of_classes(std::string("class,label\n") + number + ",fig\n"),
                HasSubstr("is no number"))
        << number;
  }
  EXPECT_THAT(refusal_of_classes("class,label\n1,\n"), HasSubstr("the class 1 has no label"));
  EXPECT_THAT(refusal_of_classes("class,label\n1,fig\n1,fig\n"),
              HasSubstr("the class 1 has two rows"));
  EXPECT_THAT(refusal_of_classes("class,label\n1, fig\n"), HasSubstr("' fig'"));
}

// Features that are scaled one by one and left where they are.
Reduction scaling(std::size_t dims) {
  Reduction reduction;
  reduction.pca.components = Matrix<double>(dims, dims);
  for (std::size_t j = 0; j < dims; ++j) {
    reduction.scaler.mean.push_back(0.1);
    reduction.scaler.scale.push_back(0.5 + 0.01 * static_cast<double>(j));
    reduction.pca.components(j, j) = 1;
  }
  return reduction;
}

TEST(BackbonePrior, TellsFeaturesApartAsTheLastLayerDoes) {
  const Backbone backbone = golden_backbone();
  const auto dims = static_cast<std::size_t>(backbone.spec.feature_count);
  const BackboneClasses classes = BackboneClasses::parse("class,label\n1,b\n3,b\n2,c\n4,z\n", "");
  const BackbonePrior prior(backbone, classes, {"a", "b", "c"}, {"a", "b"});
  const Reduction reduction = scaling(dims);
  const Matrix<double> weights = prior.weights(reduction);
  ASSERT_EQ(weights.rows(), 3U);
  ASSERT_EQ(weights.cols(), dims);
  EXPECT_THAT(weights.view().row(0), Each(0.0)) << "no class shows it";
  EXPECT_THAT(weights.view().row(2), Each(0.0)) << "it was seen in life";

  LogitsHead head(backbone);
  Matrix<float> features(3, dims);  // the first all 0
  for (std::size_t j = 0; j < dims; ++j) {
    features(1, j) = static_cast<float>(j % 5) / 5;
    features(2, j) = static_cast<float>(j % 7) / 3;
  }
  Matrix<float> logits(3, head.logit_count());
  head.logits(features.view(), logits.view());
  const auto of_b = [&](std::size_t row) {
    return static_cast<double>(logits(row, 1) + logits(row, 3)) / 2;
  };
  const auto score = [&](std::size_t row) {
    double sum = 0;
    for (std::size_t j = 0; j < dims; ++j) {
      sum += weights(1, j) * static_cast<double>(features(row, j)) / reduction.scaler.scale[j];
    }
    return sum;
  };
  const double trust = score(1) / (of_b(1) - of_b(0));
  EXPECT_GT(trust, 1);
  EXPECT_NEAR(score(2), trust * (of_b(2) - of_b(0)), 1e-3 * std::abs(score(2)));
}

TEST(BackbonePrior, RefusesAClassThatTheBackboneLacks) {
  const BackboneClasses classes = BackboneClasses::parse("class,label\n5,b\n", "'own.csv'");
  EXPECT_THAT([&] { BackbonePrior(golden_backbone(), classes, {"b"}, {"b"}); },
              testing::ThrowsMessage<Error>(
                  AllOf(HasSubstr("'own.csv'"), HasSubstr("no class 5"), HasSubstr("0 to 4"))));
}

}  // namespace
}  // namespace pomona
