// SPDX-License-Identifier: Apache-2.0
// Percentile bootstrap (Efron and Tibshirani 1993, chapter 13). Every figure is a function of a few
// counts a class, so a resample adds up small integers and never looks at probabilities again.
#include <algorithm>
#include <cmath>
#include <cstddef>
#include <map>

#include "pomona/base/random.h"
#include "pomona/learn/metrics.h"

namespace pomona {
namespace {

// All that a resample needs of one row.
struct Outcome {
  std::int32_t label = -1;
  std::int32_t answer = -1;
  bool top3 = false;
};

bool in_top3(std::span<const double> row, std::int32_t label) {
  if (label < 0) return false;
  const double own = row[static_cast<std::size_t>(label)];
  int better = 0;
  for (std::size_t i = 0; i < row.size(); ++i) {
    if (row[i] > own || (row[i] == own && static_cast<std::int32_t>(i) < label)) ++better;
  }
  return better < 3;
}

std::vector<Outcome> outcomes_of(MatrixView<const double> probabilities,
                                 std::span<const std::int32_t> labels) {
  const std::vector<std::int32_t> answers = first_answers(probabilities);
  std::vector<Outcome> outcomes(labels.size());
  for (std::size_t i = 0; i < outcomes.size(); ++i) {
    outcomes[i] = {labels[i], answers[i], in_top3(probabilities.row(i), labels[i])};
  }
  return outcomes;
}

// Rows of each unit that is drawn as a whole.
std::vector<std::vector<std::uint32_t>> units_of(std::size_t rows,
                                                 std::span<const std::int32_t> groups) {
  std::vector<std::vector<std::uint32_t>> units;
  std::map<std::int32_t, std::size_t> position;
  for (std::size_t i = 0; i < rows; ++i) {
    if (groups.empty()) {
      units.push_back({static_cast<std::uint32_t>(i)});
      continue;
    }
    const auto [found, is_new] = position.try_emplace(groups[i], units.size());
    if (is_new) units.emplace_back();
    units[found->second].push_back(static_cast<std::uint32_t>(i));
  }
  return units;
}

// Counts of one resample.
class Tally {
 public:
  explicit Tally(std::size_t class_count)
      : right_(class_count), support_(class_count), predicted_(class_count) {}

  void clear() {
    std::ranges::fill(right_, 0);
    std::ranges::fill(support_, 0);
    std::ranges::fill(predicted_, 0);
    rows_ = 0;
    all_right_ = 0;
    top3_ = 0;
  }
  void add(const Outcome& outcome) {
    ++rows_;
    if (outcome.label < 0) return;
    const auto label = static_cast<std::size_t>(outcome.label);
    ++support_[label];
    ++predicted_[static_cast<std::size_t>(outcome.answer)];
    top3_ += outcome.top3 ? 1U : 0U;
    if (outcome.label != outcome.answer) return;
    ++right_[label];
    ++all_right_;
  }
  double accuracy() const { return share(all_right_); }
  double top3_accuracy() const { return share(top3_); }
  double macro_f1() const {
    double sum = 0;
    double classes = 0;
    for (std::size_t i = 0; i < right_.size(); ++i) {
      if (support_[i] == 0) continue;
      // 2 PR / (P + R) with P = right / predicted and R = right / support.
      sum += 2.0 * right_[i] / (static_cast<double>(predicted_[i]) + support_[i]);
      classes += 1;
    }
    return classes > 0 ? sum / classes : 0;
  }

 private:
  double share(std::uint64_t count) const {
    return rows_ > 0 ? static_cast<double>(count) / static_cast<double>(rows_) : 0;
  }

  std::vector<std::uint32_t> right_;
  std::vector<std::uint32_t> support_;
  std::vector<std::uint32_t> predicted_;
  std::uint64_t rows_ = 0;
  std::uint64_t all_right_ = 0;
  std::uint64_t top3_ = 0;
};

Interval middle_95_percent(std::vector<double> values) {
  if (values.empty()) return {};
  std::ranges::sort(values);
  const auto at = [&](double share) {
    return values[static_cast<std::size_t>(
        std::lround(share * static_cast<double>(values.size() - 1)))];
  };
  return {at(0.025), at(0.975)};
}

}  // namespace

BootstrapIntervals bootstrap(MatrixView<const double> probabilities,
                             std::span<const std::int32_t> labels,
                             std::span<const std::int32_t> groups, std::uint64_t seed,
                             int resamples) {
  const std::vector<Outcome> outcomes = outcomes_of(probabilities, labels);
  const std::vector<std::vector<std::uint32_t>> units = units_of(outcomes.size(), groups);
  BootstrapIntervals result;
  result.groups = units.size();
  if (units.empty()) return result;
  result.resamples = resamples;
  Random random(seed);
  Tally tally(probabilities.cols());
  std::vector<double> accuracies;
  std::vector<double> top3;
  std::vector<double> f1;
  for (int resample = 0; resample < resamples; ++resample) {
    tally.clear();
    for (std::size_t i = 0; i < units.size(); ++i) {
      for (const std::uint32_t row : units[random.below(units.size())]) tally.add(outcomes[row]);
    }
    accuracies.push_back(tally.accuracy());
    top3.push_back(tally.top3_accuracy());
    f1.push_back(tally.macro_f1());
  }
  result.accuracy = middle_95_percent(std::move(accuracies));
  result.top3_accuracy = middle_95_percent(std::move(top3));
  result.macro_f1 = middle_95_percent(std::move(f1));
  return result;
}

}  // namespace pomona
