// SPDX-License-Identifier: Apache-2.0
#include "pomona/evaluation/variety_threshold.h"

#include <algorithm>
#include <functional>
#include <map>
#include <utility>

#include "pomona/predict/variety.h"

namespace pomona {
namespace {

constexpr double kShareRight = 0.9;
constexpr std::size_t kFewestReported = 8;
// However often it is right, an answer that is more likely wrong than not is not reported.
constexpr double kEven = 0.5;

bool is_variety(const TableRows& rows, std::size_t row, const std::string& name) {
  const std::int32_t variety = rows.variety_index[row];
  return variety >= 0 && rows.varieties[static_cast<std::size_t>(variety)] == name;
}

// By the label that was answered. An answer that is no variety with a name is never reported.
std::map<std::string, std::vector<JudgedVariety>> judge(const CrossValidation& validation,
                                                        const TableRows& rows) {
  const Evaluation& evaluation = validation.evaluation;
  const std::vector<std::int32_t> labels = first_answers(evaluation.probabilities.view());
  std::map<std::string, std::vector<JudgedVariety>> judged;
  for (std::size_t i = 0; i < validation.varieties.size(); ++i) {
    const std::optional<VarietyAnswer>& answer = validation.varieties[i];
    if (!answer || answer->name.empty()) continue;
    const std::size_t row = evaluation.rows[i];
    const auto label = static_cast<std::size_t>(labels[i]);
    judged[rows.train_labels[label]].push_back(
        {.probability = answer->probability * evaluation.probabilities(i, label),
         .weight = rows.weight(row),
         .right = evaluation.labels[i] == labels[i] && is_variety(rows, row, answer->name)});
  }
  return judged;
}

}  // namespace

std::optional<double> choose_least_probability(std::vector<JudgedVariety> judged) {
  std::erase_if(judged, [](const JudgedVariety& one) { return one.probability < kEven; });
  std::ranges::stable_sort(judged, std::greater(), &JudgedVariety::probability);
  std::optional<double> least;
  double reported = 0;
  double right = 0;
  for (std::size_t i = 0; i < judged.size(); ++i) {
    reported += judged[i].weight;
    if (judged[i].right) right += judged[i].weight;
    const bool ends = i + 1 == judged.size() || judged[i + 1].probability < judged[i].probability;
    if (ends && i + 1 >= kFewestReported && right >= kShareRight * reported) {
      least = judged[i].probability;
    }
  }
  return least;
}

std::vector<std::string> set_report_thresholds(const CrossValidation& validation,
                                               const TableRows& rows,
                                               std::vector<VarietyClassifier>& varieties) {
  std::map<std::string, std::vector<JudgedVariety>> judged = judge(validation, rows);
  std::vector<VarietyClassifier> reported;
  std::vector<std::string> dropped;
  for (VarietyClassifier& one : varieties) {
    const auto least = choose_least_probability(std::move(judged[one.label]));
    if (!least) {
      dropped.push_back(one.label);
      continue;
    }
    one.least_probability = *least;
    reported.push_back(std::move(one));
  }
  varieties = std::move(reported);
  return dropped;
}

}  // namespace pomona
