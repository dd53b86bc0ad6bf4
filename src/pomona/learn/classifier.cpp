// SPDX-License-Identifier: Apache-2.0
#include "pomona/learn/classifier.h"

#include <algorithm>
#include <cmath>

#include "pomona/learn/affine.h"

namespace pomona {

void classifier_scores(const Classifier& classifier, MatrixView<const float> rows,
                       MatrixView<double> scores) {
  apply_affine("scoring rows", classifier.weights, classifier.bias, rows, scores);
}

void scores_to_probabilities(double temperature, MatrixView<double> scores) {
  for (std::size_t i = 0; i < scores.rows(); ++i) {
    const std::span<double> row = scores.row(i);
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
  classifier_scores(classifier, rows, probabilities);
  scores_to_probabilities(classifier.temperature, probabilities);
}

}  // namespace pomona
