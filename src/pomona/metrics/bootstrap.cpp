// SPDX-License-Identifier: Apache-2.0
// Percentile bootstrap (Efron and Tibshirani 1993, chapter 13); Wilson's interval where all
// resamples are alike. Every figure is a function of a few
// counts a class, so a resample adds up small integers and never looks at probabilities again.
#include <algorithm>
#include <cmath>
#include <cstddef>
#include <map>
#include <optional>
#include <set>
#include <string>
#include <utility>

#include "pomona/base/error.h"
#include "pomona/base/random.h"
#include "pomona/metrics/answers.h"
#include "pomona/metrics/metrics.h"
#include "pomona/metrics/wilson.h"

namespace pomona {
namespace {

// All that a resample needs of one row.
struct Outcome {
  std::int32_t label = -1;
  std::int32_t answer = -1;
  bool top3 = false;
};

std::vector<Outcome> outcomes_of(MatrixView<const double> probabilities,
                                 std::span<const std::int32_t> labels) {
  const std::vector<std::int32_t> answers = first_answers(probabilities);
  std::vector<Outcome> outcomes(labels.size());
  for (std::size_t i = 0; i < outcomes.size(); ++i) {
    outcomes[i] = {labels[i], answers[i], among_first_three(probabilities.row(i), labels[i])};
  }
  return outcomes;
}

// Outcomes of each unit that is drawn as a whole, one unit after the other.
class Units {
 public:
  Units(const std::vector<Outcome>& outcomes, std::span<const std::int32_t> groups) {
    if (groups.empty()) {
      outcomes_ = outcomes;
      for (std::size_t i = 0; i <= outcomes.size(); ++i) first_.push_back(i);
      return;
    }
    std::map<std::int32_t, std::vector<Outcome>> by_group;
    for (std::size_t i = 0; i < outcomes.size(); ++i) by_group[groups[i]].push_back(outcomes[i]);
    first_.push_back(0);
    for (const auto& [group, members] : by_group) {
      outcomes_.insert(outcomes_.end(), members.begin(), members.end());
      first_.push_back(outcomes_.size());
    }
  }

  std::size_t count() const { return first_.size() - 1; }
  std::span<const Outcome> operator[](std::size_t unit) const {
    return std::span(outcomes_).subspan(first_[unit], first_[unit + 1] - first_[unit]);
  }

 private:
  std::vector<Outcome> outcomes_;
  std::vector<std::size_t> first_;
};

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
  // None of a class without a row.
  std::optional<double> recall(std::size_t label) const {
    if (support_[label] == 0) return std::nullopt;
    return static_cast<double>(right_[label]) / support_[label];
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

// Between two of the values, as far along as the share says (the usual linear quantile).
double quantile(std::span<const double> sorted, double share) {
  const double place = share * static_cast<double>(sorted.size() - 1);
  const auto below = static_cast<std::size_t>(place);
  const std::size_t above = std::min(below + 1, sorted.size() - 1);
  return std::lerp(sorted[below], sorted[above], place - static_cast<double>(below));
}

// Where all resamples are alike there was nothing to draw, and their percentiles would promise that
// the share found is the true one. Wilson's interval of as many draws as there are units does not.
Interval interval_of(std::vector<double> values, std::uint64_t units) {
  if (values.empty()) return {};
  std::ranges::sort(values);
  if (values.front() == values.back()) return wilson_interval(values.front(), units);
  return {quantile(values, 0.025), quantile(values, 0.975)};
}

// For each class the number of units that hold a row of it.
std::vector<std::uint64_t> units_of_classes(const Units& units, std::size_t class_count) {
  std::vector<std::uint64_t> counts(class_count);
  for (std::size_t i = 0; i < units.count(); ++i) {
    std::set<std::int32_t> found;
    for (const Outcome& outcome : units[i]) found.insert(outcome.label);
    found.erase(-1);
    for (const std::int32_t label : found) ++counts[static_cast<std::size_t>(label)];
  }
  return counts;
}

}  // namespace

BootstrapIntervals bootstrap(MatrixView<const double> probabilities,
                             std::span<const std::int32_t> labels,
                             std::span<const std::int32_t> groups, std::uint64_t seed,
                             int resamples) {
  check_answers("resampling answers", probabilities, labels);
  check_groups("resampling answers", groups, labels.size());
  if (resamples < 1 || resamples > kMostResamples) {
    throw Error(ErrorKind::kInvalidInput, "resampling answers: expected resamples from 1 to " +
                                              std::to_string(kMostResamples) + ", found " +
                                              std::to_string(resamples));
  }
  const Units units(outcomes_of(probabilities, labels), groups);
  BootstrapIntervals result;
  result.groups = units.count();
  if (units.count() == 0) return result;
  result.resamples = resamples;
  Random random(seed);
  Tally tally(probabilities.cols());
  std::vector<double> accuracies;
  std::vector<double> top3;
  std::vector<double> f1;
  std::vector<std::vector<double>> recalls(probabilities.cols());
  for (int resample = 0; resample < resamples; ++resample) {
    tally.clear();
    for (std::size_t i = 0; i < units.count(); ++i) {
      for (const Outcome& outcome : units[random.below(units.count())]) tally.add(outcome);
    }
    accuracies.push_back(tally.accuracy());
    top3.push_back(tally.top3_accuracy());
    f1.push_back(tally.macro_f1());
    for (std::size_t label = 0; label < recalls.size(); ++label) {
      if (const auto recall = tally.recall(label)) recalls[label].push_back(*recall);
    }
  }
  result.accuracy = interval_of(std::move(accuracies), units.count());
  result.top3_accuracy = interval_of(std::move(top3), units.count());
  result.macro_f1 = interval_of(std::move(f1), units.count());
  const std::vector<std::uint64_t> counts = units_of_classes(units, recalls.size());
  for (std::size_t label = 0; label < recalls.size(); ++label) {
    result.classes.push_back(
        {interval_of(std::move(recalls[label]), counts[label]), counts[label]});
  }
  return result;
}

}  // namespace pomona
