// SPDX-License-Identifier: Apache-2.0
#include "pomona/evaluation/evaluation_results.h"

#include <algorithm>
#include <utility>

namespace pomona {
namespace {

Json interval_json(const Interval& interval) { return Json::array({interval.low, interval.high}); }

Json score_json(const ScoreResult& result) {
  const Score& score = result.score;
  Json json = {{"key", score.key},
               {"title", score.title},
               {"explanation", score.explanation},
               {"rows", result.rows},
               {"train_rows", score.train_rows}};
  if (result.figures) json["unknown_label_rows"] = result.figures->unknown_label_rows;
  json["accuracy"] = result.accuracy;
  if (result.figures) {
    const ScoreFigures& figures = *result.figures;
    const Json more = {{"accuracy_interval", interval_json(figures.accuracy_interval)},
                       {"top3_accuracy", figures.top3_accuracy},
                       {"top3_accuracy_interval", interval_json(figures.top3_accuracy_interval)},
                       {"macro_f1", figures.macro_f1},
                       {"macro_f1_interval", interval_json(figures.macro_f1_interval)},
                       {"log_loss", figures.log_loss},
                       {"expected_calibration_error", figures.expected_calibration_error},
                       {"interval",
                        {{"resamples", figures.resamples},
                         {"unit", figures.grouped ? "group" : "row"},
                         {"groups", figures.groups}}}};
    json.update(more);
  }
  if (!score.source.empty()) json["source"] = score.source;
  return json;
}

Json by_class_json(const ScoreByClass& score) {
  Json classes = Json::array();
  for (const LabelScore& one : score.classes) {
    classes.push_back(
        {{"label", one.label},
         {"support", one.support},
         {"right", one.right},
         {"recall", one.recall},
         {"recall_interval", one.recall_interval ? interval_json(*one.recall_interval) : Json()},
         {"groups", one.groups},
         {"precision", one.precision}});
  }
  Json json = {{"score", score.score}};
  if (!score.source.empty()) json["source"] = score.source;
  json["classes"] = std::move(classes);
  return json;
}

Json class_json(const LabelMetrics& one) {
  return {{"label", one.label},
          {"precision", one.metrics.precision},
          {"recall", one.metrics.recall},
          {"f1", one.metrics.f1},
          {"support", one.metrics.support}};
}

Json bin_json(const CalibrationBin& bin) {
  return {{"count", bin.count}, {"confidence", bin.confidence}, {"accuracy", bin.accuracy}};
}

Json example_json(const JudgedPhotograph& photograph) {
  return {{"path", photograph.path},
          {"split", split_name(photograph.split)},
          {"probability", photograph.probability}};
}

template <class Value, class Write>
Json list_json(std::span<const Value> values, const Write& write) {
  Json list = Json::array();
  for (const Value& value : values) list.push_back(write(value));
  return list;
}

Json pair_json(const ConfusedPair& pair) {
  return {{"truth", pair.truth},
          {"prediction", pair.prediction},
          {"count", pair.count},
          {"rate", pair.rate},
          {"examples", list_json(std::span(pair.examples), example_json)}};
}

Json mistake_json(const SureMistake& mistake) {
  return {{"path", mistake.photograph.path},
          {"split", split_name(mistake.photograph.split)},
          {"truth", mistake.truth},
          {"prediction", mistake.prediction},
          {"probability", mistake.photograph.probability},
          {"truth_probability", mistake.truth_probability}};
}

Interval parse_interval(const Json& object, std::string_view name, std::string_view where) {
  const Json& ends = member_of(object, name, where);
  if (!ends.is_array() || ends.size() != 2) {
    throw Error(ErrorKind::kCorrupt, "reading " + std::string(where) +
                                         ": expected two numbers as '" + std::string(name) + "'");
  }
  return {read_value<double>(ends[0], name, where), read_value<double>(ends[1], name, where)};
}

ScoreFigures parse_figures(const Json& score, std::string_view where) {
  const auto number = [&](const char* name) { return read_member<double>(score, name, where); };
  const Json& interval = member_of(score, "interval", where);
  ScoreFigures figures;
  figures.unknown_label_rows = read_member<std::uint64_t>(score, "unknown_label_rows", where);
  figures.top3_accuracy = number("top3_accuracy");
  figures.macro_f1 = number("macro_f1");
  figures.log_loss = number("log_loss");
  figures.expected_calibration_error = number("expected_calibration_error");
  figures.accuracy_interval = parse_interval(score, "accuracy_interval", where);
  figures.top3_accuracy_interval = parse_interval(score, "top3_accuracy_interval", where);
  figures.macro_f1_interval = parse_interval(score, "macro_f1_interval", where);
  figures.resamples = read_member<int>(interval, "resamples", where);
  figures.grouped = read_member<std::string>(interval, "unit", where) == "group";
  figures.groups = read_member<std::uint64_t>(interval, "groups", where);
  return figures;
}

ScoreResult parse_score(const Json& score, std::string_view where) {
  ScoreResult result;
  result.score.key = read_member<std::string>(score, "key", where);
  result.score.title = read_member<std::string>(score, "title", where);
  result.score.explanation = read_member<std::string>(score, "explanation", where);
  result.score.train_rows = read_member<std::uint64_t>(score, "train_rows", where);
  if (score.contains("source")) {
    result.score.source = read_member<std::string>(score, "source", where);
  }
  result.rows = read_member<std::uint64_t>(score, "rows", where);
  result.accuracy = read_member<double>(score, "accuracy", where);
  if (score.contains("interval")) result.figures = parse_figures(score, where);
  return result;
}

}  // namespace

const ScoreResult* find_score(std::span<const ScoreResult> scores, std::string_view key) {
  const auto found =
      std::ranges::find_if(scores, [&](const ScoreResult& one) { return one.score.key == key; });
  return found == scores.end() ? nullptr : &*found;
}

std::vector<std::size_t> example_rows(const EvaluationResults& results) {
  std::vector<std::size_t> rows;
  for (const ConfusedPair& pair : results.confusions) {
    for (const JudgedPhotograph& example : pair.examples) rows.push_back(example.row);
  }
  for (const SureMistake& mistake : results.surest_mistakes) rows.push_back(mistake.photograph.row);
  return rows;
}

Json results_json(const EvaluationResults& results) {
  return {{"scores", scores_json(results.scores)},
          {"classes", list_json(std::span(results.classes), class_json)},
          {"calibration", list_json(std::span(results.calibration), bin_json)},
          {"confusions", list_json(std::span(results.confusions), pair_json)},
          {"surest_mistakes", list_json(std::span(results.surest_mistakes), mistake_json)},
          {"by_class", list_json(std::span(results.by_class), by_class_json)}};
}

Json scores_json(std::span<const ScoreResult> scores) { return list_json(scores, score_json); }

std::vector<ScoreResult> parse_scores(const Json& scores, std::string_view where) {
  if (!scores.is_array()) {
    throw Error(ErrorKind::kCorrupt,
                "reading " + std::string(where) + ": expected a list as 'scores'");
  }
  std::vector<ScoreResult> results;
  for (const Json& score : scores) results.push_back(parse_score(score, where));
  return results;
}

}  // namespace pomona
