// SPDX-License-Identifier: Apache-2.0
// What fit_logistic minimises, and what it learns of the rows before; for the sources of this
// module. Any thread; a call starts workers of its own.
#pragma once

#include <cstddef>
#include <cstdint>
#include <span>
#include <stop_token>
#include <vector>

#include "pomona/base/matrix.h"
#include "pomona/learn/classifier_fit.h"

namespace pomona {

// Every stride-th row, kept in memory.
struct RowSample {
  std::size_t stride = 1;
  Matrix<float> rows;
  std::vector<std::int32_t> labels;
  std::vector<float> weights;  // empty where the rows have none

  // The sample as training rows; it must outlive them.
  TrainingRows training_rows(std::size_t class_count) const;
};

struct TrainingStock {
  double rms = 1;                      // 1 where all elements are 0
  std::vector<double> column_squares;  // weighted mean square of each column
  double weight = 0;                   // of all rows together
  double sample_weight = 0;
  RowSample sample;
};

// Reads all rows once. Throws invalid_input for fewer than two classes, a class without rows, a
// label out of range, a value that is not finite, or weights that do not fit.
TrainingStock take_stock(const TrainingRows& rows, const std::stop_token& stop);

// c · Σ weight · log loss + ½‖weights − prior‖² over rows divided by `rms`. Parameters are
// class_count × (dims + 1), the bias in the last column, not penalised. Products are float32, sums
// over blocks float64, so the value is good to about 1e-6 of itself.
class LogisticObjective {
 public:
  // `rows` must outlive it, and so must `prior`, parameters of which the bias is passed over.
  LogisticObjective(const TrainingRows& rows, const Matrix<double>& prior, double c, double rms,
                    std::size_t workers, std::stop_token stop);

  const TrainingRows& rows() const { return rows_; }
  double c() const { return c_; }
  double rms() const { return rms_; }

  // Overwrites `gradient`. Throws interrupted when stopped.
  double evaluate(MatrixView<const double> parameters, MatrixView<double> gradient) const;
  // class_count × rows, for few rows.
  Matrix<float> probabilities(MatrixView<const double> parameters) const;

 private:
  struct Weights;
  struct Scratch;

  double add_block(std::size_t block, const Weights& weights, Scratch& scratch,
                   MatrixView<double> gradient) const;

  const TrainingRows& rows_;
  const Matrix<double>& prior_;
  double c_;
  double rms_;
  std::size_t workers_;
  std::stop_token stop_;
};

}  // namespace pomona
