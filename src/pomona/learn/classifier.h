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
  double temperature = 1;    // probabilities = softmax(scores / temperature)

  std::size_t class_count() const { return weights.rows(); }
  std::size_t dims() const { return weights.cols(); }
};

// rows × dims → rows × class_count, before softmax and temperature, sums in float64. The bits of a
// row do not depend on the others. Throws invalid_input when shapes do not fit. Any thread.
void classifier_scores(const Classifier& classifier, MatrixView<const float> rows,
                       MatrixView<double> scores);

// In place, row by row: softmax(scores / temperature), safe against overflow. temperature > 0,
// which the caller sees to.
void scores_to_probabilities(double temperature, MatrixView<double> scores);

// Both of the above. Throws as classifier_scores() does.
void classify(const Classifier& classifier, MatrixView<const float> rows,
              MatrixView<double> probabilities);

}  // namespace pomona
