// SPDX-License-Identifier: Apache-2.0
// How good are the answers? Rows whose label the classifier has never seen (-1) count as wrong in
// accuracy and top-3 and are listed apart; the per-class figures are about known classes. Any
// thread.
#pragma once

#include <cstdint>
#include <span>
#include <vector>

#include "pomona/base/matrix.h"
#include "pomona/metrics/calibration.h"

namespace pomona {

struct ClassMetrics {
  double precision = 0;  // 0 where nothing was predicted
  double recall = 0;     // 0 where there was nothing to find
  double f1 = 0;
  std::uint64_t support = 0;
};

struct Interval {
  double low = 0;
  double high = 0;
};

struct Metrics {
  std::uint64_t rows = 0;
  std::uint64_t unknown_label_rows = 0;
  double accuracy = 0;
  double top3_accuracy = 0;
  double macro_f1 = 0;  // over classes with support
  double log_loss = 0;  // of rows with a known label
  double expected_calibration_error = 0;
  std::vector<ClassMetrics> classes;
  Matrix<std::uint64_t> confusion;  // class_count × class_count: [truth][prediction]
  std::vector<CalibrationBin> calibration;
};

// Shares and means of no rows are 0. Throws invalid_input when labels do not fit the rows or a
// value is not finite; so does bootstrap(), also for groups or resamples that cannot be.
Metrics measure(MatrixView<const double> probabilities, std::span<const std::int32_t> labels);

// Index of the largest element of each row, the first of equals.
std::vector<std::int32_t> first_answers(MatrixView<const double> probabilities);

struct ClassInterval {
  Interval recall;           // over the resamples that hold a row of the class; 0 where none does
  std::uint64_t groups = 0;  // that hold one
};

struct BootstrapIntervals {
  Interval accuracy;
  Interval top3_accuracy;
  Interval macro_f1;
  std::vector<ClassInterval> classes;
  int resamples = 0;
  std::uint64_t groups = 0;  // what was resampled: rows, or groups where given
};

inline constexpr int kMostResamples = 100000;

// 95 % percentile intervals from `resamples`, 1 to kMostResamples. groups[i] names the group of row
// i (rows of one group are drawn together); empty: every row on its own. Deterministic in `seed`.
// Where all resamples are alike (one row, or all answers right), the interval is Wilson's, of as
// many draws as there are rows, or groups where given: see wilson.h. Without rows everything is 0.
BootstrapIntervals bootstrap(MatrixView<const double> probabilities,
                             std::span<const std::int32_t> labels,
                             std::span<const std::int32_t> groups, std::uint64_t seed,
                             int resamples = 1000);

}  // namespace pomona
