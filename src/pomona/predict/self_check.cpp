// SPDX-License-Identifier: Apache-2.0
#include "pomona/predict/self_check.h"

#include <algorithm>
#include <cmath>
#include <sstream>
#include <string>

#include "pomona/base/error.h"
#include "pomona/bundle/synthetic_input.h"
#include "pomona/features/crop_mean.h"
#include "pomona/features/feature_queue.h"
#include "pomona/predict/bundle_network.h"
#include "pomona/predict/classify_features.h"

namespace pomona {
namespace {

// One case after the other; where in a batch it stands does not matter.
std::vector<float> features_of(const Bundle& bundle, const CropNetworks& networks,
                               std::uint64_t seed) {
  Image picture;
  picture.set_size(bundle.size, bundle.size);
  picture.pixels = synthetic_input(seed, bundle.size);
  Preprocessor preprocessor = make_preprocessor(bundle);
  FeatureQueue queue(networks, networks.every_crop(), {0});
  queue.add_row(picture, preprocessor);
  const std::vector<float> crops = queue.finish();
  CropMean mean(preprocessor.crops());
  const auto row = mean.of({crops.data(), 1, crops.size()}).row(0);
  return {row.begin(), row.end()};
}

SelfCheckCase answer(const Bundle& bundle, const CropNetworks& networks, std::uint64_t seed) {
  SelfCheckCase result;
  result.seed = seed;
  result.features = features_of(bundle, networks, seed);
  if (bundle.classifier_kind != ClassifierKind::kNone) {
    const Matrix<double> probabilities =
        classify_features(bundle, {result.features.data(), 1, result.features.size()});
    result.probabilities.assign(probabilities.data(), probabilities.data() + probabilities.size());
  }
  return result;
}

template <class Number>
double largest_difference(const std::vector<Number>& a, const std::vector<Number>& b) {
  double largest = 0;
  for (std::size_t i = 0; i < a.size(); ++i) {
    largest = std::max(largest, std::abs(static_cast<double>(a[i]) - static_cast<double>(b[i])));
  }
  return largest;
}

double largest_magnitude(const std::vector<float>& values) {
  double largest = 0;
  for (const float value : values)
    largest = std::max(largest, std::abs(static_cast<double>(value)));
  return largest;
}

void compare(const SelfCheckCase& expected, const SelfCheckCase& found,
             const SelfCheckTolerance& tolerance) {
  const double features = largest_difference(expected.features, found.features) /
                          std::max(largest_magnitude(expected.features), 1e-30);
  const double probabilities = largest_difference(expected.probabilities, found.probabilities);
  if (features <= tolerance.features && probabilities <= tolerance.probabilities) return;
  std::ostringstream message;
  message << "checking the bundle on a synthetic picture: its features are off by " << features
          << " of the largest (at most " << tolerance.features
          << " expected), its probabilities by " << probabilities << " (at most "
          << tolerance.probabilities
          << "); this machine does not compute what the bundle was made with: make the bundle anew "
             "here";
  throw Error(ErrorKind::kCorrupt, message.str());
}

}  // namespace

std::vector<SelfCheckCase> answer_self_check(const Bundle& bundle, const CropNetworks& networks,
                                             std::size_t cases) {
  std::vector<SelfCheckCase> result;
  for (std::size_t i = 0; i < cases; ++i) result.push_back(answer(bundle, networks, i));
  return result;
}

void run_self_check(const Bundle& bundle, const CropNetworks& networks, std::size_t cases) {
  const auto tolerance = bundle.self_check.tolerances.find(bundle.precision);
  if (tolerance == bundle.self_check.tolerances.end()) {
    throw Error(
        ErrorKind::kCorrupt,
        "checking the bundle: it states no tolerance for its precision " + bundle.precision);
  }
  for (std::size_t i = 0; i < std::min(cases, bundle.self_check.cases.size()); ++i) {
    const SelfCheckCase& expected = bundle.self_check.cases[i];
    compare(expected, answer(bundle, networks, expected.seed), tolerance->second);
  }
}

}  // namespace pomona
