// SPDX-License-Identifier: Apache-2.0
#include "pomona/evaluation/evaluation_results.h"

#include <algorithm>
#include <utility>

namespace pomona {
namespace {

Json interval_json(const Interval& interval) { return Json::array({interval.low, interval.high}); }

Json entry_json(const ProtocolMetrics& result) {
  const Protocol& protocol = result.protocol;
  Json json = {{"key", protocol.key},
               {"title", protocol.title},
               {"explanation", protocol.explanation},
               {"rows", result.rows},
               {"train_rows", protocol.train_rows}};
  if (result.figures) json["unknown_label_rows"] = result.figures->unknown_label_rows;
  json["accuracy"] = result.accuracy;
  if (result.figures) {
    const ClassifierFigures& figures = *result.figures;
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
  if (!protocol.source.empty()) json["source"] = protocol.source;
  return json;
}

Json by_class_json(const RecallByLabel& recalls) {
  Json classes = Json::array();
  for (const LabelRecall& one : recalls.classes) {
    classes.push_back({{"label", one.label},
                       {"support", one.support},
                       {"right", one.right},
                       {"recall", one.recall},
                       {"recall_interval", interval_json(one.recall_interval)},
                       {"groups", one.groups},
                       {"precision", one.precision}});
  }
  Json json = {{"metrics", recalls.key}};
  if (!recalls.source.empty()) json["source"] = recalls.source;
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

ClassifierFigures parse_figures(const Json& entry, std::string_view where) {
  const auto number = [&](const char* name) { return read_member<double>(entry, name, where); };
  const Json& interval = member_of(entry, "interval", where);
  ClassifierFigures figures;
  figures.unknown_label_rows = read_member<std::uint64_t>(entry, "unknown_label_rows", where);
  figures.top3_accuracy = number("top3_accuracy");
  figures.macro_f1 = number("macro_f1");
  figures.log_loss = number("log_loss");
  figures.expected_calibration_error = number("expected_calibration_error");
  figures.accuracy_interval = parse_interval(entry, "accuracy_interval", where);
  figures.top3_accuracy_interval = parse_interval(entry, "top3_accuracy_interval", where);
  figures.macro_f1_interval = parse_interval(entry, "macro_f1_interval", where);
  figures.resamples = read_member<int>(interval, "resamples", where);
  figures.grouped = read_member<std::string>(interval, "unit", where) == "group";
  figures.groups = read_member<std::uint64_t>(interval, "groups", where);
  return figures;
}

ProtocolMetrics parse_entry(const Json& entry, std::string_view where) {
  ProtocolMetrics result;
  result.protocol.key = read_member<std::string>(entry, "key", where);
  result.protocol.title = read_member<std::string>(entry, "title", where);
  result.protocol.explanation = read_member<std::string>(entry, "explanation", where);
  result.protocol.train_rows = read_member<std::uint64_t>(entry, "train_rows", where);
  if (entry.contains("source")) {
    result.protocol.source = read_member<std::string>(entry, "source", where);
  }
  result.rows = read_member<std::uint64_t>(entry, "rows", where);
  result.accuracy = read_member<double>(entry, "accuracy", where);
  if (entry.contains("interval")) result.figures = parse_figures(entry, where);
  return result;
}

}  // namespace

const ProtocolMetrics* find_metrics(std::span<const ProtocolMetrics> metrics,
                                    std::string_view key) {
  const auto found = std::ranges::find_if(
      metrics, [&](const ProtocolMetrics& one) { return one.protocol.key == key; });
  return found == metrics.end() ? nullptr : &*found;
}

Json results_json(const EvaluationResults& results) {
  return {{"metrics", protocol_metrics_json(results.metrics)},
          {"classes", list_json(std::span(results.classes), class_json)},
          {"calibration", list_json(std::span(results.calibration), bin_json)},
          {"confusions", list_json(std::span(results.confusions), pair_json)},
          {"surest_mistakes", list_json(std::span(results.surest_mistakes), mistake_json)},
          {"by_class", list_json(std::span(results.by_class), by_class_json)}};
}

Json protocol_metrics_json(std::span<const ProtocolMetrics> metrics) {
  return list_json(metrics, entry_json);
}

std::vector<ProtocolMetrics> parse_protocol_metrics(const Json& list, std::string_view where) {
  if (!list.is_array()) {
    throw Error(ErrorKind::kCorrupt,
                "reading " + std::string(where) + ": expected a list as 'metrics'");
  }
  std::vector<ProtocolMetrics> results;
  for (const Json& entry : list) results.push_back(parse_entry(entry, where));
  return results;
}

}  // namespace pomona
