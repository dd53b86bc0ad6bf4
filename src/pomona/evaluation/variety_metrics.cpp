// SPDX-License-Identifier: Apache-2.0
#include "pomona/evaluation/variety_metrics.h"

#include <algorithm>
#include <iterator>
#include <map>
#include <set>
#include <utility>

#include "pomona/dataset/source_of.h"

namespace pomona {
namespace {

constexpr double kShareRight = 0.9;
constexpr std::size_t kFewestReported = 8;
constexpr double kDefaultThreshold = 0.8;
// However often it is right, an answer that is more likely wrong than not is not reported.
constexpr double kEven = 0.5;

bool is_variety(const TableRows& rows, std::size_t row, const std::string& name) {
  const std::int32_t variety = rows.variety_index[row];
  return variety >= 0 && rows.varieties[static_cast<std::size_t>(variety)] == name;
}

template <class Wanted>
std::vector<JudgedVariety> those(std::span<const JudgedVariety> judged, const Wanted& wanted) {
  std::vector<JudgedVariety> result;
  std::ranges::copy_if(judged, std::back_inserter(result), wanted);
  return result;
}

std::vector<JudgedVariety> of_label(std::span<const JudgedVariety> judged, std::int32_t label) {
  return those(judged, [&](const JudgedVariety& one) { return one.label == label; });
}

Json label_json(const VarietyClassifier& varieties, std::optional<double> least) {
  return {{"label", varieties.label},
          {"varieties", varieties.names},
          {"others", varieties.knows_others()},
          {"least_probability", least ? Json(*least) : Json(nullptr)}};
}

// `of`: what these are of, as far as they are not all.
void add_metrics(Json of, std::span<const JudgedVariety> judged, Json& counts) {
  of["rows"] = judged.size();
  of["named"] = std::ranges::count_if(judged, &JudgedVariety::named);
  of["reported"] = std::ranges::count_if(judged, &JudgedVariety::reported);
  of["right"] = std::ranges::count_if(
      judged, [](const JudgedVariety& one) { return one.reported && one.right; });
  counts.push_back(std::move(of));
}

// All of them, and those of each label.
void add_metrics_of_labels(const Json& of, std::span<const JudgedVariety> judged,
                           const TableRows& rows, Json& counts) {
  if (judged.empty()) return;
  add_metrics(of, judged, counts);
  std::set<std::int32_t> labels;
  for (const JudgedVariety& one : judged) labels.insert(one.label);
  for (const std::int32_t label : labels) {
    Json of_one = of;
    of_one["label"] = rows.train_labels[static_cast<std::size_t>(label)];
    add_metrics(std::move(of_one), of_label(judged, label), counts);
  }
}

}  // namespace

std::vector<JudgedVariety> judge_varieties(const VarietyAnswers& answers,
                                           const Evaluation& evaluation, const TableRows& rows,
                                           const std::vector<std::size_t>& begins) {
  const std::vector<std::int32_t> labels = first_answers(evaluation.probabilities.view());
  std::vector<JudgedVariety> judged;
  for (std::size_t i = 0; i < answers.size(); ++i) {
    const std::optional<VarietyAnswer>& answer = answers[i];
    if (!answer) continue;
    JudgedVariety& one = judged.emplace_back();
    one.row = evaluation.rows[i];
    one.label = labels[i];
    const auto fold = std::ranges::upper_bound(begins, i);
    one.fold = static_cast<std::size_t>(fold - begins.begin());
    one.weight = rows.weight(one.row);
    one.named = rows.variety_index[one.row] >= 0;
    if (answer->name.empty()) continue;
    one.probability =
        answer->probability * evaluation.probabilities(i, static_cast<std::size_t>(one.label));
    one.right = evaluation.labels[i] == one.label && is_variety(rows, one.row, answer->name);
  }
  return judged;
}

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

Json set_report_thresholds(std::span<const JudgedVariety> judged,
                           const std::vector<std::string>& labels,
                           std::vector<VarietyClassifier>& varieties) {
  Json json = Json::array();
  std::vector<VarietyClassifier> reported;
  for (VarietyClassifier& one : varieties) {
    const auto least = choose_least_probability(of_label(judged, label_number(labels, one.label)));
    json.push_back(label_json(one, least));
    if (!least) continue;
    one.least_probability = *least;
    reported.push_back(std::move(one));
  }
  varieties = std::move(reported);
  return json;
}

Json set_report_thresholds(std::vector<VarietyClassifier>& varieties) {
  Json json = Json::array();
  for (VarietyClassifier& one : varieties) {
    one.least_probability = kDefaultThreshold;
    json.push_back(label_json(one, kDefaultThreshold));
  }
  return json;
}

void report_by_other_folds(std::vector<JudgedVariety>& judged) {
  std::map<std::pair<std::int32_t, std::size_t>, std::optional<double>> least;
  for (const JudgedVariety& one : judged) {
    const auto [place, is_new] = least.try_emplace({one.label, one.fold});
    if (!is_new) continue;
    place->second = choose_least_probability(those(judged, [&](const JudgedVariety& other) {
      return other.label == one.label && other.fold != one.fold;
    }));
  }
  for (JudgedVariety& one : judged) {
    const std::optional<double>& from = least.at({one.label, one.fold});
    one.reported = from && one.probability >= *from;
  }
}

void report_as_bundle(std::span<const VarietyClassifier> varieties,
                      const std::vector<std::string>& labels, std::vector<JudgedVariety>& judged) {
  for (JudgedVariety& one : judged) {
    const VarietyClassifier* of_label =
        find_varieties(varieties, labels[static_cast<std::size_t>(one.label)]);
    one.reported = of_label != nullptr && one.probability >= of_label->least_probability;
  }
}

void add_variety_metrics(const std::string& key, std::span<const JudgedVariety> judged,
                         const TableRows& rows, const std::vector<std::string>& sources,
                         Json& counts) {
  add_metrics_of_labels({{"key", key}}, judged, rows, counts);
  if (sources.size() < 2) return;
  for (const std::string& source : sources) {
    const auto of_source = those(judged, [&](const JudgedVariety& one) {
      return source_of(rows.manifest.rows[one.row].path) == source;
    });
    add_metrics_of_labels({{"key", key + "_source"}, {"source", source}}, of_source, rows, counts);
  }
}

}  // namespace pomona
