// SPDX-License-Identifier: Apache-2.0
#include "pomona/metrics/metrics.h"

#include <algorithm>
#include <cmath>
#include <cstddef>

#include "pomona/metrics/answers.h"

namespace pomona {
namespace {

// A probability of 0 costs this much and not infinitely much.
constexpr double kSmallestProbability = 1e-15;

double ratio(double part, double whole) { return whole > 0 ? part / whole : 0; }

std::vector<ClassMetrics> class_metrics(const Matrix<std::uint64_t>& confusion,
                                        std::span<const std::uint64_t> predicted) {
  std::vector<ClassMetrics> classes(confusion.rows());
  for (std::size_t i = 0; i < classes.size(); ++i) {
    ClassMetrics& one = classes[i];
    for (const std::uint64_t count : confusion.row(i)) one.support += count;
    const auto right = static_cast<double>(confusion(i, i));
    one.precision = ratio(right, static_cast<double>(predicted[i]));
    one.recall = ratio(right, static_cast<double>(one.support));
    one.f1 = ratio(2 * one.precision * one.recall, one.precision + one.recall);
  }
  return classes;
}

double macro_f1(std::span<const ClassMetrics> classes) {
  double sum = 0;
  double count = 0;
  for (const ClassMetrics& one : classes) {
    if (one.support == 0) continue;
    sum += one.f1;
    count += 1;
  }
  return ratio(sum, count);
}

}  // namespace

std::vector<std::int32_t> first_answers(MatrixView<const double> probabilities) {
  std::vector<std::int32_t> answers(probabilities.rows(), -1);
  for (std::size_t i = 0; i < answers.size(); ++i) {
    const std::span<const double> row = probabilities.row(i);
    if (row.empty()) continue;
    answers[i] = static_cast<std::int32_t>(std::ranges::max_element(row) - row.begin());
  }
  return answers;
}

Metrics measure(MatrixView<const double> probabilities, std::span<const std::int32_t> labels) {
  check_answers("measuring answers", probabilities, labels);
  const std::size_t class_count = probabilities.cols();
  Metrics metrics;
  metrics.rows = probabilities.rows();
  metrics.confusion = Matrix<std::uint64_t>(class_count, class_count);
  std::vector<std::uint64_t> predicted(class_count);
  const std::vector<std::int32_t> answers = first_answers(probabilities);
  double right = 0;
  double top3 = 0;
  double loss = 0;
  for (std::size_t i = 0; i < labels.size(); ++i) {
    if (labels[i] < 0) {
      ++metrics.unknown_label_rows;
      continue;
    }
    const auto answer = static_cast<std::size_t>(answers[i]);
    const auto label = static_cast<std::size_t>(labels[i]);
    ++predicted[answer];
    ++metrics.confusion(label, answer);
    right += label == answer ? 1 : 0;
    top3 += among_first_three(probabilities.row(i), labels[i]) ? 1 : 0;
    loss -= std::log(std::max(probabilities(i, label), kSmallestProbability));
  }
  const auto rows = static_cast<double>(metrics.rows);
  metrics.accuracy = ratio(right, rows);
  metrics.top3_accuracy = ratio(top3, rows);
  metrics.log_loss = ratio(loss, rows - static_cast<double>(metrics.unknown_label_rows));
  metrics.classes = class_metrics(metrics.confusion, predicted);
  metrics.macro_f1 = macro_f1(metrics.classes);
  metrics.calibration = calibration_bins(probabilities, labels);
  metrics.expected_calibration_error = expected_calibration_error(metrics.calibration);
  return metrics;
}

}  // namespace pomona
