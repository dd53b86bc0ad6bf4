// SPDX-License-Identifier: Apache-2.0
#include "pomona/predict/classify_features.h"

namespace pomona {

Matrix<double> classify_features(const Bundle& bundle, MatrixView<const float> features) {
  Matrix<double> probabilities(features.rows(), bundle.labels.size());
  if (bundle.classifier_kind == ClassifierKind::kRidge) {
    classify(bundle.classifier, features, probabilities.view());
    return probabilities;
  }
  Matrix<float> components(features.rows(), bundle.projection.weights.rows());
  project(bundle.projection, features, components.view());
  classify(bundle.classifier, components.view(), probabilities.view());
  return probabilities;
}

}  // namespace pomona
