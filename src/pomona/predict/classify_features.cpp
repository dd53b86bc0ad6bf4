// SPDX-License-Identifier: Apache-2.0
#include "pomona/predict/classify_features.h"

namespace pomona {

Matrix<double> classify_features(const Bundle& bundle, MatrixView<const float> features) {
  Matrix<double> probabilities(features.rows(), bundle.labels.size());
  if (bundle.classifier_kind == ClassifierKind::kRidge) {
    classify(bundle.classifier, features, probabilities.view());
    return probabilities;
  }
  Matrix<float> scores(features.rows(), bundle.projection.weights.rows());
  project(bundle.projection, features, scores.view());
  classify(bundle.classifier, scores.view(), probabilities.view());
  return probabilities;
}

}  // namespace pomona
