// SPDX-License-Identifier: Apache-2.0
// Fitting linear classifiers. Results are the same for any number of workers. Any thread; a call
// starts as many workers as its options say.
#pragma once

#include <cstddef>
#include <cstdint>
#include <functional>
#include <span>
#include <stop_token>
#include <vector>

#include "pomona/base/matrix.h"
#include "pomona/learn/classifier.h"
#include "pomona/learn/moments.h"

namespace pomona {

// Training rows that need not fit in memory: they are read block by block, many times.
struct TrainingRows {
  std::size_t dims = 0;
  std::size_t class_count = 0;
  std::size_t rows = 0;
  std::size_t block_rows = 1024;
  // Fills rows [block × block_rows, …) and their labels in [0, class_count); the last block is
  // shorter. Called from several threads at once for different blocks.
  std::function<void(std::size_t block, MatrixView<float> rows, std::span<std::int32_t> labels)>
      read;
  // One a row, above 0: a row of weight 2 counts like two rows. Empty: all weigh the same.
  std::span<const float> weights = {};
  double weight(std::size_t row) const {
    return weights.empty() ? 1 : static_cast<double>(weights[row]);
  }

  std::size_t block_count() const { return (rows + block_rows - 1) / block_rows; }
};

// Beyond it float32 products are too coarse for the search to find its way down.
inline constexpr double kLargestC = 1e10;

struct LogisticOptions {
  // Inverse strength of the L2 penalty, as in scikit-learn, above 0 and at most kLargestC; the bias
  // is not penalised.
  double c = 1;
  // class_count × dims, weights for the rows as given, from which the penalty counts the distance;
  // empty: from 0. What is known of the classes before a row is seen.
  MatrixView<const double> prior = {};
  int max_iterations = 500;  // at least 1
  // Ends when the objective is estimated to lie within this share of its minimum. The estimate,
  // half the squared length of the gradient measured by an approximate curvature, is good to a
  // factor of about three. From 0 to less than 1.
  double tolerance = 2e-5;
  std::size_t workers = 1;  // 0: 1
  std::stop_token stop;

  // Throws invalid_input and names the field for a value out of the ranges above, or a prior that
  // is not finite. Whether the prior fits the rows is seen by fit_logistic().
  void check() const;
};

struct LogisticFit {
  Classifier classifier;  // acts on the rows as given; the division by their RMS is folded in
  // scikit-learn's: c · Σ weight · log loss + ½‖w − prior‖², on the divided rows
  double objective = 0;
  double rms = 1;      // what rows were divided by: root of the weighted mean square of elements
  int iterations = 0;  // passes over the rows
  bool converged = false;
};

// Multinomial logistic regression by L-BFGS. `start`, a fit of much the same rows, shortens the
// way; it does not change where it leads. When the way ends early (max_iterations, or steps too
// small for float32 products to tell apart), the best point seen is returned with converged =
// false. Throws invalid_input where options.check() does, for fewer than two classes, a class
// without rows, a value that is not finite, or weights, a prior or a start that do not fit the
// rows; interrupted when options.stop asks for it.
LogisticFit fit_logistic(const TrainingRows& rows, const LogisticOptions& options,
                         const Classifier* start = nullptr);

// Ridge regression to one-hot targets in closed form from the moments, on standardised features,
// the bias not penalised; `alpha` is scikit-learn's, finite and at least 0. The classifier acts on
// raw features. Throws invalid_input for fewer than two classes, a class without rows, rows without
// a class, or an alpha too small for features that depend on each other.
Classifier fit_ridge(const Moments& moments, double alpha);

}  // namespace pomona
