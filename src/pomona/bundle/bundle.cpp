// SPDX-License-Identifier: Apache-2.0
#include "pomona/bundle/bundle.h"

#include <algorithm>
#include <array>
#include <cmath>
#include <cstddef>

#include "pomona/base/error.h"
#include "pomona/bundle/shallow_json.h"
#include "pomona/storage/key.h"

namespace pomona {
namespace {

constexpr std::size_t kDigestDigits = 64;
constexpr int kLargestInput = 4096;
constexpr int kLargestBatch = 4096;
constexpr std::size_t kMostCrops = 64;

[[noreturn]] void refuse(const std::string& problem) {
  throw Error(ErrorKind::kInvalidInput, "checking the bundle: " + problem);
}

void expect_size(std::string_view what, std::size_t expected, std::size_t found) {
  if (expected == found) return;
  refuse("expected " + std::to_string(expected) + " " + std::string(what) + ", found " +
         std::to_string(found));
}

template <class Numbers>
void expect_finite(std::string_view what, const Numbers& numbers, std::size_t count) {
  expect_size(what, count, numbers.size());
  const bool finite = std::all_of(numbers.data(), numbers.data() + numbers.size(),
                                  [](auto number) { return std::isfinite(number); });
  if (!finite) refuse(std::string(what) + " with a number that is not finite");
}

void expect_digest(std::string_view what, const std::string& digest) {
  if (digest.size() != kDigestDigits ||
      digest.find_first_not_of("0123456789abcdef") != std::string::npos) {
    refuse("the digest of " + std::string(what) + " is no SHA-256 in lower-case hexadecimal");
  }
}

// A JSON object; anything else is refused.
Json object_of(std::string_view what, const std::string& text) {
  Json json;
  try {
    json = parse_shallow_json(text, what);
  } catch (const Error& error) {
    refuse(error.what());
  }
  if (!json.is_object()) refuse(std::string(what) + " is no JSON object");
  return json;
}

void check_backbone(const Bundle& bundle) {
  const Json spec = object_of("the backbone's spec", bundle.backbone_spec);
  const auto features = spec.find("feature_count");
  if (features == spec.end() || !features->is_number_unsigned()) {
    refuse("the backbone's spec has no feature_count");
  }
  expect_size("means of the scaler", features->get<std::size_t>(), bundle.scaler.dims());
  expect_digest("the backbone", bundle.backbone_digest);
  if (bundle.network_xml.empty() && !bundle.network_bin.empty())
    refuse("weights without a network");
}

void check_input(const Bundle& bundle) {
  if (bundle.size < 1 || bundle.size > kLargestInput) {
    refuse("an input of " + std::to_string(bundle.size) + " pixels a side");
  }
  if (bundle.batch < 1 || bundle.batch > kLargestBatch) {
    refuse("a batch of " + std::to_string(bundle.batch));
  }
  if (bundle.crops.empty() || bundle.crops.size() > kMostCrops) {
    refuse("an input of " + std::to_string(bundle.crops.size()) + " crops");
  }
  for (const std::string* name : {&bundle.fit, &bundle.filter, &bundle.precision}) {
    if (name->empty() || !is_utf8(*name)) refuse("a setting of the input is missing");
  }
}

void check_reduction(const Scaler& scaler, const Pca& pca) {
  const std::size_t dims = scaler.dims();
  const std::size_t components = pca.n_components();
  expect_finite("means of the scaler", scaler.mean, dims);
  expect_finite("scales of the scaler", scaler.scale, dims);
  if (!std::ranges::all_of(scaler.scale, [](double scale) { return scale > 0; })) {
    refuse("a scale that is not positive");
  }
  if (components < 1) refuse("a PCA without components");
  expect_finite("weights of the PCA", pca.components, components * dims);
  expect_finite("explained variances", pca.explained_variance, components);
  expect_finite("explained variance ratios", pca.explained_variance_ratio, components);
  expect_finite("ratios of the spectrum", pca.spectrum_ratio, dims);
}

// `one` and `many`: what they are.
void check_names(const std::vector<std::string>& names, std::string_view one,
                 std::string_view many) {
  if (!std::ranges::all_of(names, is_utf8)) refuse(std::string(one) + " that is not UTF-8");
  if (std::ranges::adjacent_find(names, std::ranges::greater_equal()) != names.end()) {
    refuse(std::string(many) + " that are not unique and in byte order");
  }
}

void expect_label(const Bundle& bundle, const std::string& label, std::string_view of) {
  if (std::ranges::binary_search(bundle.labels, label)) return;
  refuse(std::string(of) + " of '" + label + "', which is no label");
}

void check_classifier(const Bundle& bundle) {
  const Classifier& classifier = bundle.classifier;
  check_names(bundle.labels, "a label", "labels");
  if (bundle.classifier_kind == ClassifierKind::kNone) {
    expect_size("classes", 0, classifier.class_count());
    expect_size("labels", 0, bundle.labels.size());
    return;
  }
  if (classifier.class_count() == 0) refuse("a classifier without classes");
  const bool on_components = bundle.classifier_kind == ClassifierKind::kLogistic;
  const std::size_t dims = on_components ? bundle.pca.n_components() : bundle.scaler.dims();
  expect_size("labels", classifier.class_count(), bundle.labels.size());
  expect_finite("weights of the classifier", classifier.weights, bundle.labels.size() * dims);
  expect_finite("biases of the classifier", classifier.bias, bundle.labels.size());
  if (!std::isfinite(classifier.temperature) || classifier.temperature <= 0) {
    refuse("a temperature that is not positive");
  }
}

void check_reject_option(const Bundle& bundle) {
  const RejectOption& reject_option = bundle.reject_option;
  if (reject_option.rate == 0) return;
  if (!(reject_option.rate > 0 && reject_option.rate < 1))
    refuse("a reject rate that is not between 0 and 1");
  if (!reject_option.usual_classes.empty()) {
    const Json spec = object_of("the backbone's spec", bundle.backbone_spec);
    expect_finite("classes of the backbone", reject_option.usual_classes,
                  spec.value("logit_count", std::size_t{0}));
  }
  const Projection& discriminants = reject_option.novelty.discriminants;
  const Matrix<float>& references = reject_option.novelty.references;
  const std::size_t count = discriminants.offset.size();
  expect_size("discriminants", count, discriminants.weights.rows());
  expect_finite("numbers of discriminants", discriminants.weights, count * bundle.scaler.dims());
  expect_finite("offsets of discriminants", discriminants.offset, count);
  expect_finite("known rows", references, references.rows() * count);
  const std::array<double, 2> limits = {reject_option.least_in_distribution_score,
                                        reject_option.most_distance};
  expect_finite("limits of the reject option", limits, 2);
}

void check_varieties(const Bundle& bundle) {
  std::vector<std::string> labels;
  for (const VarietyClassifier& one : bundle.varieties) {
    labels.push_back(one.label);
    expect_label(bundle, one.label, "varieties");
    check_names(one.names, "a variety", "varieties");
    if (one.names.empty() || one.names.front().empty()) refuse("a variety without a name");
    const std::size_t classes = one.names.size() + (one.knows_others() ? 1 : 0);
    if (classes < 2) refuse("a single variety, which leaves nothing to classify");
    expect_size("classes of varieties", classes, one.classifier.class_count());
    expect_finite("weights of varieties", one.classifier.weights,
                  classes * bundle.pca.n_components());
    expect_finite("biases of varieties", one.classifier.bias, classes);
    if (!(one.least_probability > 0 && one.least_probability <= 1)) {
      refuse("a least probability of varieties that is none");
    }
  }
  check_names(labels, "a label of varieties", "labels of varieties");
}

void check_studio_only(const Bundle& bundle) {
  check_names(bundle.studio_only, "a label of studio images", "labels of studio images");
  for (const std::string& label : bundle.studio_only) {
    expect_label(bundle, label, "studio images");
  }
}

void check_self_check(const Bundle& bundle) {
  const SelfCheck& self_check = bundle.self_check;
  if (self_check.cases.empty()) refuse("a self-check without cases");
  for (const SelfCheckCase& one : self_check.cases) {
    expect_finite("features of the self-check", one.features, bundle.scaler.dims());
    expect_finite("probabilities of the self-check", one.probabilities, bundle.labels.size());
  }
  for (const auto& [precision, tolerance] : self_check.tolerances) {
    const std::array<double, 2> values = {tolerance.features, tolerance.probabilities};
    expect_finite("tolerances", values, 2);
    if (values[0] < 0 || values[1] < 0) refuse("a negative tolerance");
  }
  if (!self_check.tolerances.contains(bundle.precision)) {
    refuse("no tolerance for its own precision " + bundle.precision);
  }
}

}  // namespace

std::string_view classifier_kind_name(ClassifierKind kind) {
  switch (kind) {
    case ClassifierKind::kNone: return "none";
    case ClassifierKind::kLogistic: return "logistic";
    case ClassifierKind::kRidge: return "ridge";
  }
  return "none";
}

ClassifierKind classifier_kind_from_name(std::string_view name) {
  for (const ClassifierKind kind :
       {ClassifierKind::kNone, ClassifierKind::kLogistic, ClassifierKind::kRidge}) {
    if (name == classifier_kind_name(kind)) return kind;
  }
  throw Error(ErrorKind::kInvalidInput,
              "reading a kind of classifier: expected none, logistic or ridge, found \"" +
                  std::string(name) + "\"");
}

void check_bundle(const Bundle& bundle) {
  check_backbone(bundle);
  check_input(bundle);
  check_reduction(bundle.scaler, bundle.pca);
  check_classifier(bundle);
  check_reject_option(bundle);
  check_varieties(bundle);
  check_studio_only(bundle);
  check_self_check(bundle);
  object_of("the metrics", bundle.metrics);
  expect_digest("the training data", bundle.training_digest);
}

}  // namespace pomona
