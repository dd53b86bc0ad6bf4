// SPDX-License-Identifier: Apache-2.0
// Calibration of probabilities, where 0.8 should be right four times in five: measured by the
// expected calibration error, corrected by temperature scaling. Any thread.
#pragma once

#include <cstdint>
#include <span>
#include <vector>

#include "pomona/base/matrix.h"

namespace pomona {

// The temperature in [0.05, 20] that minimises the cross entropy of softmax(logits / temperature)
// (Guo et al. 2017, "On calibration of modern neural networks") with targets of (n + 1) / (n + 2)
// for the label of each of n rows (Platt 1999), which keeps few or easy rows from promising too
// much; of fewer than 100 rows (n + s) / (n + 2s), with s = n / 100 but at least 1/3. Rows
// must be held out of the fit that made the logits. labels[i] = -1: not counted. 1 when nothing
// counts. `weights`: one a row, above 0, as in TrainingRows; empty: all the same. This function and
// the next throw invalid_input when labels or weights do not fit the rows or a value is not finite.
double fit_temperature(MatrixView<const double> logits, std::span<const std::int32_t> labels,
                       std::span<const float> weights = {});

struct CalibrationBin {
  std::uint64_t count = 0;
  double confidence = 0;  // mean probability of the first answer
  double accuracy = 0;
};

inline constexpr int kMostCalibrationBins = 10000;

// `bin_count` bins, 1 to kMostCalibrationBins (else invalid_input), of equal width over the
// probability of the first answer. A row with label -1 counts as answered wrongly: nothing it was
// given could be right.
std::vector<CalibrationBin> calibration_bins(MatrixView<const double> probabilities,
                                             std::span<const std::int32_t> labels,
                                             int bin_count = 15);

// Mean of |accuracy - confidence| over bins, weighted by their counts.
double expected_calibration_error(std::span<const CalibrationBin> bins);

}  // namespace pomona
