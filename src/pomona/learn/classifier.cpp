// SPDX-License-Identifier: Apache-2.0
#include "pomona/learn/classifier.h"

#include <algorithm>
#include <cmath>

#include "pomona/learn/affine.h"

namespace pomona {

void classifier_logits(const Classifier& classifier, MatrixView<const float> rows,
                       MatrixView<double> logits) {
  apply_affine("computing logits", classifier.weights, classifier.bias, rows, logits);
}

void logits_to_probabilities(double temperature, MatrixView<double> logits) {
  for (std::size_t i = 0; i < logits.rows(); ++i) {
    const std::span<double> row = logits.row(i);
    if (row.empty()) continue;
    const double largest = *std::ranges::max_element(row);
    double sum = 0;
    for (double& value : row) {
      value = std::exp((value - largest) / temperature);
      sum += value;
    }
    for (double& value : row) value /= sum;
  }
}

void classify(const Classifier& classifier, MatrixView<const float> rows,
              MatrixView<double> probabilities) {
  classifier_logits(classifier, rows, probabilities);
  logits_to_probabilities(classifier.temperature, probabilities);
}

}  // namespace pomona
