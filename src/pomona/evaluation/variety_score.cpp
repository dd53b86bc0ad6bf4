// SPDX-License-Identifier: Apache-2.0
#include "pomona/evaluation/variety_score.h"

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

VarietyLabel label_of(const VarietyClassifier& varieties, std::optional<double> least) {
  return {varieties.label, varieties.names, varieties.knows_others(), least};
}

template <class Wanted>
std::size_t count_of(std::span<const JudgedVariety> judged, const Wanted& wanted) {
  return static_cast<std::size_t>(std::ranges::count_if(judged, wanted));
}

// `score`: what these are of, as far as they are not all.
void add_score(VarietyScore score, std::span<const JudgedVariety> judged,
               std::vector<VarietyScore>& scores) {
  score.rows = judged.size();
  score.named = count_of(judged, [](const JudgedVariety& one) { return one.named; });
  score.reported = count_of(judged, [](const JudgedVariety& one) { return one.reported; });
  score.right =
      count_of(judged, [](const JudgedVariety& one) { return one.reported && one.right; });
  scores.push_back(std::move(score));
}

// All of them, and those of each label.
void add_scores_of_labels(const VarietyScore& score, std::span<const JudgedVariety> judged,
                          const TableRows& rows, std::vector<VarietyScore>& scores) {
  if (judged.empty()) return;
  add_score(score, judged, scores);
  std::set<std::int32_t> labels;
  for (const JudgedVariety& one : judged) labels.insert(one.label);
  for (const std::int32_t label : labels) {
    VarietyScore of_label_score = score;
    of_label_score.label = rows.train_labels[static_cast<std::size_t>(label)];
    add_score(std::move(of_label_score), of_label(judged, label), scores);
  }
}

Json label_json(const VarietyLabel& one) {
  return {
      {"label", one.label},
      {"varieties", one.varieties},
      {"others", one.others},
      {"least_probability", one.least_probability ? Json(*one.least_probability) : Json(nullptr)}};
}

Json variety_score_json(const VarietyScore& score) {
  Json json = {{"key", score.key}};
  if (!score.source.empty()) json["source"] = score.source;
  if (!score.label.empty()) json["label"] = score.label;
  json["rows"] = score.rows;
  json["named"] = score.named;
  json["reported"] = score.reported;
  json["right"] = score.right;
  return json;
}

VarietyScore parse_variety_score(const Json& json, std::string_view where) {
  const auto text_or_all = [&](const char* name) {
    return json.contains(name) ? read_member<std::string>(json, name, where) : std::string();
  };
  const auto count = [&](const char* name) {
    return static_cast<std::size_t>(read_member<std::uint64_t>(json, name, where));
  };
  return {read_member<std::string>(json, "key", where),
          text_or_all("source"),
          text_or_all("label"),
          count("rows"),
          count("named"),
          count("reported"),
          count("right")};
}

}  // namespace

Json varieties_json(const VarietyResults& results) {
  Json labels = Json::array();
  for (const VarietyLabel& one : results.labels) labels.push_back(label_json(one));
  Json scores = Json::array();
  for (const VarietyScore& one : results.scores) scores.push_back(variety_score_json(one));
  return {{"labels", std::move(labels)}, {"scores", std::move(scores)}};
}

std::vector<VarietyScore> parse_variety_scores(const Json& varieties, std::string_view where) {
  const Json& list = member_of(varieties, "scores", where);
  if (!list.is_array()) {
    throw Error(ErrorKind::kCorrupt,
                "reading " + std::string(where) + ": expected a list as the scores of varieties");
  }
  std::vector<VarietyScore> scores;
  for (const Json& one : list) scores.push_back(parse_variety_score(one, where));
  return scores;
}

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

std::vector<VarietyLabel> set_report_thresholds(std::span<const JudgedVariety> judged,
                                                const std::vector<std::string>& labels,
                                                std::vector<VarietyClassifier>& varieties) {
  std::vector<VarietyLabel> result;
  std::vector<VarietyClassifier> reported;
  for (VarietyClassifier& one : varieties) {
    const auto least = choose_least_probability(of_label(judged, label_number(labels, one.label)));
    result.push_back(label_of(one, least));
    if (!least) continue;
    one.least_probability = *least;
    reported.push_back(std::move(one));
  }
  varieties = std::move(reported);
  return result;
}

std::vector<VarietyLabel> set_report_thresholds(std::vector<VarietyClassifier>& varieties) {
  std::vector<VarietyLabel> result;
  for (VarietyClassifier& one : varieties) {
    one.least_probability = kDefaultThreshold;
    result.push_back(label_of(one, kDefaultThreshold));
  }
  return result;
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

void add_variety_scores(const std::string& key, std::span<const JudgedVariety> judged,
                        const TableRows& rows, const std::vector<std::string>& sources,
                        std::vector<VarietyScore>& scores) {
  VarietyScore score;
  score.key = key;
  add_scores_of_labels(score, judged, rows, scores);
  if (sources.size() < 2) return;
  score.key += "_source";
  for (const std::string& source : sources) {
    const auto of_source = those(judged, [&](const JudgedVariety& one) {
      return source_of(rows.manifest.rows[one.row].path) == source;
    });
    score.source = source;
    add_scores_of_labels(score, of_source, rows, scores);
  }
}

}  // namespace pomona
