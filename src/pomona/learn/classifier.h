// SPDX-License-Identifier: Apache-2.0
// A linear classifier with calibrated probabilities. Any thread.
#pragma once

#include <cstddef>
#include <vector>

#include "pomona/base/matrix.h"

namespace pomona {

struct Classifier {
  Matrix<double> weights;    // class_count × dims
  std::vector<double> bias;  // class_count
  double temperature = 1;    // probabilities = softmax(logits / temperature)

  std::size_t class_count() const { return weights.rows(); }
  std::size_t dims() const { return weights.cols(); }
};

// rows × dims → rows × class_count, before softmax and temperature, sums in float64. The bits of a
// row do not depend on the others. Throws invalid_input when shapes do not fit. Any thread.
void classifier_logits(const Classifier& classifier, MatrixView<const float> rows,
                       MatrixView<double> logits);

// In place, row by row: softmax(logits / temperature), safe against overflow. temperature > 0,
// which the caller sees to.
void logits_to_probabilities(double temperature, MatrixView<double> logits);

// Both of the above. Throws as classifier_logits() does.
void classify(const Classifier& classifier, MatrixView<const float> rows,
              MatrixView<double> probabilities);

}  // namespace pomona
