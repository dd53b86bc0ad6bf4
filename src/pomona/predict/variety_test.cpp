// SPDX-License-Identifier: Apache-2.0
#include "pomona/predict/variety.h"

#include <gmock/gmock.h>

#include <cmath>

#include "pomona/bundle/made_up_bundle.h"

namespace pomona {
namespace {

// A photograph whose components speak `odds` times more for the first class than for the second.
VarietyClassifier two_classes(std::vector<std::string> names, double odds) {
  VarietyClassifier varieties;
  varieties.label = "Apple";
  varieties.names = std::move(names);
  varieties.classifier = {.weights = Matrix<double>(2, 2), .bias = {std::log(odds), 0}};
  return varieties;
}

TEST(Variety, IsTheLikeliest) {
  const std::vector<float> components = {0, 0};
  const VarietyAnswer gala = likeliest_variety(two_classes({"Gala", "Jonagold"}, 4), components);
  EXPECT_EQ(gala.name, "Gala");
  EXPECT_DOUBLE_EQ(gala.probability, 0.8);
  EXPECT_EQ(likeliest_variety(two_classes({"Gala", "Jonagold"}, 0.25), components).name,
            "Jonagold");
}

TEST(Variety, MayBeNoneOfThoseWithAName) {
  const std::vector<float> components = {0, 0};
  const VarietyAnswer other = likeliest_variety(two_classes({"Gala"}, 0.25), components);
  EXPECT_EQ(other.name, "");
  EXPECT_DOUBLE_EQ(other.probability, 0.8);
}

TEST(Variety, IsReportedWhereLabelAndVarietyAreProbableTogether) {
  Bundle bundle = made_up_bundle();
  bundle.varieties = {two_classes({"Gala", "Jonagold"}, 4)};
  bundle.varieties[0].least_probability = 0.6;
  const Matrix<float> features(4, 4);
  Matrix<double> probabilities(4, 3);
  probabilities(0, 0) = 0.76;  // 0.76 · 0.8 is enough
  probabilities(1, 0) = 0.74;
  probabilities(2, 1) = 1;  // Banana has no varieties
  probabilities(3, 0) = 0.49;
  probabilities(3, 1) = 0.51;
  const auto reported = report_varieties(bundle, features.view(), probabilities.view());
  const VarietyAnswer first = reported[0].value_or(VarietyAnswer());
  EXPECT_EQ(first.name, "Gala");
  EXPECT_DOUBLE_EQ(first.probability, 0.76 * 0.8);
  EXPECT_FALSE(reported[1].has_value());
  EXPECT_FALSE(reported[2].has_value());
  EXPECT_FALSE(reported[3].has_value());
}

TEST(Variety, ThatHasNoNameIsNeverReported) {
  Bundle bundle = made_up_bundle();
  bundle.varieties = {two_classes({"Gala"}, 1e-6)};
  bundle.varieties[0].least_probability = 0.1;
  Matrix<double> probabilities(1, 3);
  probabilities(0, 0) = 1;
  EXPECT_FALSE(report_varieties(bundle, Matrix<float>(1, 4).view(), probabilities.view())[0]);
}

}  // namespace
}  // namespace pomona
