// SPDX-License-Identifier: Apache-2.0
#include "pomona/metrics/calibration.h"

#include <algorithm>
#include <cmath>
#include <cstddef>
#include <string>

#include "pomona/base/error.h"
#include "pomona/metrics/answers.h"

namespace pomona {
namespace {

constexpr double kLowest = 0.05;
constexpr double kHighest = 20;
constexpr double kRowsOfWholePrior = 100;
constexpr double kLeastPrior = 1.0 / 3;

// How much of a row's answer belongs to its label; the rest is shared by the others. Not quite all
// of it, so that rows that are all right, or few, do not ask for endless certainty: one row right
// and one wrong are added (Platt 1999). Of a few rows these outweigh what was seen, so there they
// are down to a third of a row each: of four rows that are right 93 % is promised, not 83 %.
double target_of_label(std::span<const std::int32_t> labels) {
  const auto rows =
      static_cast<double>(std::ranges::count_if(labels, [](std::int32_t l) { return l >= 0; }));
  const double added = std::clamp(rows / kRowsOfWholePrior, kLeastPrior, 1.0);
  return (rows + added) / (rows + 2 * added);
}

// Sum of cross entropies of the rows that count, at this target and temperature.
double cross_entropy(MatrixView<const double> logits, std::span<const std::int32_t> labels,
                     std::span<const float> weights, double target, double temperature) {
  const double others = static_cast<double>(logits.cols()) - 1;
  double loss = 0;
  for (std::size_t i = 0; i < logits.rows(); ++i) {
    if (labels[i] < 0) continue;
    const std::span<const double> row = logits.row(i);
    const double largest = *std::ranges::max_element(row);
    double sum = 0;
    double below = 0;  // Σ (logit - largest)
    for (const double logit : row) {
      sum += std::exp((logit - largest) / temperature);
      below += logit - largest;
    }
    const double of_label = row[static_cast<std::size_t>(labels[i])] - largest;
    const double of_others = others > 0 ? (below - of_label) / others : 0;
    const double weight = weights.empty() ? 1 : static_cast<double>(weights[i]);
    loss += weight * (std::log(sum) - (target * of_label + (1 - target) * of_others) / temperature);
  }
  return loss;
}

}  // namespace

// Golden-section search over the logarithm: the loss has one minimum in 1 / temperature, and so in
// any monotonous function of it.
double fit_temperature(MatrixView<const double> logits, std::span<const std::int32_t> labels,
                       std::span<const float> weights) {
  check_answers("fitting a temperature", logits, labels);
  if (!weights.empty() && weights.size() != labels.size()) {
    throw Error(ErrorKind::kInvalidInput, "fitting a temperature: expected a weight for each of " +
                                              std::to_string(labels.size()) + " rows, found " +
                                              std::to_string(weights.size()));
  }
  if (!std::ranges::all_of(weights, [](float w) { return std::isfinite(w) && w > 0; })) {
    throw Error(ErrorKind::kInvalidInput,
                "fitting a temperature: expected weights above 0, found another");
  }
  if (std::ranges::none_of(labels, [](std::int32_t label) { return label >= 0; })) return 1;
  const double target = target_of_label(labels);
  const double golden = (std::sqrt(5.0) - 1) / 2;
  double low = std::log(kLowest);
  double high = std::log(kHighest);
  double left = high - golden * (high - low);
  double right = low + golden * (high - low);
  const auto loss_at = [&](double logarithm) {
    return cross_entropy(logits, labels, weights, target, std::exp(logarithm));
  };
  double left_loss = loss_at(left);
  double right_loss = loss_at(right);
  while (high - low > 1e-4) {
    if (left_loss <= right_loss) {
      high = right;
      right = left;
      right_loss = left_loss;
      left = high - golden * (high - low);
      left_loss = loss_at(left);
    } else {
      low = left;
      left = right;
      left_loss = right_loss;
      right = low + golden * (high - low);
      right_loss = loss_at(right);
    }
  }
  return std::exp((low + high) / 2);
}

std::vector<CalibrationBin> calibration_bins(MatrixView<const double> probabilities,
                                             std::span<const std::int32_t> labels, int bin_count) {
  check_answers("measuring calibration", probabilities, labels);
  if (bin_count < 1 || bin_count > kMostCalibrationBins) {
    throw Error(ErrorKind::kInvalidInput, "measuring calibration: expected bin_count from 1 to " +
                                              std::to_string(kMostCalibrationBins) + ", found " +
                                              std::to_string(bin_count));
  }
  std::vector<CalibrationBin> bins(static_cast<std::size_t>(bin_count));
  for (std::size_t i = 0; i < probabilities.rows(); ++i) {
    const std::span<const double> row = probabilities.row(i);
    const auto best = std::ranges::max_element(row);
    const auto bin = std::min(bins.size() - 1,
                              static_cast<std::size_t>(*best * static_cast<double>(bins.size())));
    ++bins[bin].count;
    bins[bin].confidence += *best;
    if (labels[i] == best - row.begin()) bins[bin].accuracy += 1;
  }
  for (CalibrationBin& bin : bins) {
    if (bin.count == 0) continue;
    bin.confidence /= static_cast<double>(bin.count);
    bin.accuracy /= static_cast<double>(bin.count);
  }
  return bins;
}

double expected_calibration_error(std::span<const CalibrationBin> bins) {
  double rows = 0;
  double error = 0;
  for (const CalibrationBin& bin : bins) {
    rows += static_cast<double>(bin.count);
    error += static_cast<double>(bin.count) * std::abs(bin.accuracy - bin.confidence);
  }
  return rows > 0 ? error / rows : 0;
}

}  // namespace pomona
