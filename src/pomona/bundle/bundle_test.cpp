// SPDX-License-Identifier: Apache-2.0
#include "pomona/bundle/bundle.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <functional>
#include <limits>
#include <string>

#include "pomona/base/error.h"
#include "pomona/bundle/made_up_bundle.h"

namespace pomona {
namespace {

using ::testing::HasSubstr;

void expect_refused(const std::string& part, const std::function<void(Bundle&)>& change) {
  Bundle bundle = made_up_bundle();
  change(bundle);
  try {
    check_bundle(bundle);
    ADD_FAILURE() << "no error with \"" << part << "\"";
  } catch (const Error& error) {
    EXPECT_EQ(error.kind(), ErrorKind::kInvalidInput);
    EXPECT_THAT(error.what(), HasSubstr(part));
  }
}

TEST(Bundle, IsConsistentAsMade) {
  EXPECT_NO_THROW(check_bundle(made_up_bundle()));
  Bundle ridge = made_up_bundle();
  ridge.classifier_kind = ClassifierKind::kRidge;
  ridge.classifier.weights = made_up_matrix(3, 4);
  EXPECT_NO_THROW(check_bundle(ridge));
}

TEST(Bundle, MayHaveNoClassifier) {
  Bundle bundle = made_up_bundle();
  bundle.classifier_kind = ClassifierKind::kNone;
  bundle.classifier = {};
  bundle.labels.clear();
  bundle.varieties.clear();
  bundle.studio_only.clear();
  for (SelfCheckCase& one : bundle.self_check.cases) one.probabilities.clear();
  EXPECT_NO_THROW(check_bundle(bundle));
}

TEST(Bundle, RefusesSizesThatDisagree) {
  expect_refused("expected 4 means of the scaler, found 3",
                 [](Bundle& b) { b.scaler.mean.pop_back(); });
  expect_refused("scales of the scaler", [](Bundle& b) { b.scaler.scale.pop_back(); });
  expect_refused("weights of the PCA", [](Bundle& b) { b.pca.components = made_up_matrix(2, 3); });
  expect_refused("without components", [](Bundle& b) { b.pca.components = {}; });
  expect_refused("explained variances", [](Bundle& b) { b.pca.explained_variance.pop_back(); });
  expect_refused("spectrum", [](Bundle& b) { b.pca.spectrum_ratio.pop_back(); });
  expect_refused("expected 3 labels, found 2", [](Bundle& b) { b.labels.pop_back(); });
  expect_refused("expected 6 weights of the classifier, found 12",
                 [](Bundle& b) { b.classifier.weights = made_up_matrix(3, 4); });
  expect_refused("biases", [](Bundle& b) { b.classifier.bias.pop_back(); });
  expect_refused("expected 0 classes",
                 [](Bundle& b) { b.classifier_kind = ClassifierKind::kNone; });
  expect_refused("features of the self-check",
                 [](Bundle& b) { b.self_check.cases[1].features.pop_back(); });
  expect_refused("probabilities of the self-check",
                 [](Bundle& b) { b.self_check.cases[0].probabilities.push_back(0); });
}

TEST(Bundle, RefusesValuesThatMakeNoSense) {
  constexpr double kNan = std::numeric_limits<double>::quiet_NaN();
  expect_refused("not finite", [](Bundle& b) { b.scaler.mean[1] = kNan; });
  expect_refused("not positive", [](Bundle& b) { b.scaler.scale[1] = 0; });
  expect_refused("not finite", [](Bundle& b) { b.pca.components(1, 1) = kNan; });
  expect_refused("not finite", [](Bundle& b) { b.classifier.weights(1, 1) = kNan; });
  expect_refused("temperature", [](Bundle& b) { b.classifier.temperature = 0; });
  expect_refused("temperature", [](Bundle& b) { b.classifier.temperature = kNan; });
  expect_refused("byte order", [](Bundle& b) { b.labels[1] = "Apple"; });
  expect_refused("byte order", [](Bundle& b) { std::swap(b.labels[0], b.labels[1]); });
  expect_refused("UTF-8", [](Bundle& b) { b.labels[2] = "\xFF"; });
  expect_refused("pixels", [](Bundle& b) { b.size = 0; });
  expect_refused("batch", [](Bundle& b) { b.batch = -1; });
  expect_refused("setting", [](Bundle& b) { b.fit.clear(); });
  expect_refused("expected 3 classes of the backbone, found 2",
                 [](Bundle& b) { b.reject_option.usual_classes.pop_back(); });
  expect_refused("a reject rate", [](Bundle& b) { b.reject_option.rate = 1; });
  expect_refused("expected 2 discriminants, found 3",
                 [](Bundle& b) { b.reject_option.novelty.discriminants.offset.pop_back(); });
  expect_refused("expected 6 known rows, found 8",
                 [](Bundle& b) { b.reject_option.novelty.references = Matrix<float>(2, 4); });
  expect_refused("varieties of 'Cherry', which is no label",
                 [](Bundle& b) { b.varieties[1].label = "Cherry"; });
  expect_refused("labels of varieties that are not unique",
                 [](Bundle& b) { std::swap(b.varieties[0], b.varieties[1]); });
  expect_refused("varieties that are not unique and in byte order",
                 [](Bundle& b) { std::swap(b.varieties[0].names[0], b.varieties[0].names[1]); });
  expect_refused("without a name", [](Bundle& b) { b.varieties[0].names[0].clear(); });
  expect_refused("without a name", [](Bundle& b) { b.varieties[1].names.clear(); });
  expect_refused("a variety that is not UTF-8",
                 [](Bundle& b) { b.varieties[0].names[1] = "\xFF"; });
  expect_refused("a single variety", [](Bundle& b) { b.varieties[1].classifier.bias.pop_back(); });
  expect_refused("expected 2 classes of varieties, found 3",
                 [](Bundle& b) { b.varieties[0].classifier.weights = made_up_matrix(3, 2); });
  expect_refused("expected 3 biases of varieties, found 4", [](Bundle& b) {
    b.varieties[0].classifier.weights = made_up_matrix(3, 2);
    b.varieties[0].classifier.bias.resize(4);
  });
  expect_refused("expected 4 weights of varieties, found 6",
                 [](Bundle& b) { b.varieties[0].classifier.weights = made_up_matrix(2, 3); });
  expect_refused("weights of varieties with a number that is not finite",
                 [](Bundle& b) { b.varieties[0].classifier.weights(1, 1) = kNan; });
  for (const double none : {0.0, 1.5, kNan}) {
    expect_refused("a least probability",
                   [&](Bundle& b) { b.varieties[0].least_probability = none; });
  }
  expect_refused("studio images of 'Cherry', which is no label",
                 [](Bundle& b) { b.studio_only[0] = "Cherry"; });
  expect_refused("labels of studio images that are not unique",
                 [](Bundle& b) { b.studio_only[1] = "Banana"; });
  expect_refused("weights without a network", [](Bundle& b) { b.network_xml.clear(); });
  expect_refused("digest of the backbone", [](Bundle& b) { b.backbone_digest[0] = 'A'; });
  expect_refused("digest of the training", [](Bundle& b) { b.training_digest.pop_back(); });
  expect_refused("feature_count", [](Bundle& b) { b.backbone_spec = std::string("{}"); });
  expect_refused("not valid JSON", [](Bundle& b) { b.backbone_spec = std::string("{"); });
  expect_refused("no JSON object", [](Bundle& b) { b.metrics = std::string("[]"); });
  expect_refused("without cases", [](Bundle& b) { b.self_check.cases.clear(); });
  expect_refused("negative", [](Bundle& b) { b.self_check.tolerances["f32"].features = -1; });
  expect_refused("no tolerance", [](Bundle& b) { b.self_check.tolerances.erase("f32"); });
}

TEST(Bundle, NamesKindsOfClassifiers) {
  for (const ClassifierKind kind :
       {ClassifierKind::kNone, ClassifierKind::kLogistic, ClassifierKind::kRidge}) {
    EXPECT_EQ(classifier_kind_from_name(classifier_kind_name(kind)), kind);
  }
  EXPECT_THROW(classifier_kind_from_name("forest"), Error);
}

}  // namespace
}  // namespace pomona
