// SPDX-License-Identifier: Apache-2.0
#include "pomona/evaluation/evaluate.h"

#include <algorithm>
#include <utility>

#include "pomona/csv/csv_writer.h"
#include "pomona/dataset/source_of.h"
#include "pomona/metrics/surest_mistakes.h"

namespace pomona {
namespace {

constexpr std::size_t kWorstPairs = 24;
constexpr std::size_t kExamplesOfPair = 6;
constexpr std::size_t kSurestMistakes = 24;

struct Pair {
  std::size_t truth = 0;
  std::size_t prediction = 0;
  std::uint64_t count = 0;
  double rate = 0;  // share of the photographs of `truth`
};

std::vector<Pair> worst_pairs(const Metrics& metrics) {
  std::vector<Pair> pairs;
  for (std::size_t truth = 0; truth < metrics.confusion.rows(); ++truth) {
    const auto support = static_cast<double>(metrics.classes[truth].support);
    for (std::size_t prediction = 0; prediction < metrics.confusion.cols(); ++prediction) {
      const std::uint64_t count = metrics.confusion(truth, prediction);
      if (truth == prediction || count == 0) continue;
      pairs.push_back({truth, prediction, count, static_cast<double>(count) / support});
    }
  }
  std::ranges::stable_sort(pairs, std::greater(), &Pair::count);
  pairs.resize(std::min(pairs.size(), kWorstPairs));
  return pairs;
}

Json interval_json(const Interval& interval) { return Json::array({interval.low, interval.high}); }

std::vector<std::int32_t> groups_of(const TableRows& rows, const std::vector<std::size_t>& chosen) {
  std::vector<std::int32_t> groups;
  if (!rows.groups.given) return groups;
  for (const std::size_t row : chosen) groups.push_back(rows.groups.of_row[row]);
  return groups;
}

Json metrics_json(const Protocol& protocol, const Evaluation& evaluation, bool grouped) {
  const Metrics& metrics = evaluation.metrics;
  const BootstrapIntervals& intervals = evaluation.intervals;
  Json json = {{"key", protocol.key},
               {"title", protocol.title},
               {"explanation", protocol.explanation},
               {"rows", metrics.rows},
               {"train_rows", protocol.train_rows},
               {"unknown_label_rows", metrics.unknown_label_rows},
               {"accuracy", metrics.accuracy},
               {"accuracy_interval", interval_json(intervals.accuracy)},
               {"top3_accuracy", metrics.top3_accuracy},
               {"top3_accuracy_interval", interval_json(intervals.top3_accuracy)},
               {"macro_f1", metrics.macro_f1},
               {"macro_f1_interval", interval_json(intervals.macro_f1)},
               {"log_loss", metrics.log_loss},
               {"expected_calibration_error", metrics.expected_calibration_error},
               {"interval",
                {{"resamples", intervals.resamples},
                 {"unit", grouped ? "group" : "row"},
                 {"groups", intervals.groups}}}};
  if (!protocol.source.empty()) json["source"] = protocol.source;
  return json;
}

// The labels that a photograph judged has.
Json classes_json(const Evaluation& evaluation, const std::vector<std::string>& labels) {
  Json classes = Json::array();
  for (std::size_t i = 0; i < labels.size(); ++i) {
    const ClassMetrics& one = evaluation.metrics.classes[i];
    if (one.support == 0) continue;
    const ClassInterval& drawn = evaluation.intervals.classes[i];
    classes.push_back({{"label", labels[i]},
                       {"support", one.support},
                       {"right", evaluation.metrics.confusion(i, i)},
                       {"recall", one.recall},
                       {"recall_interval", drawn.groups < 2 ? Json() : interval_json(drawn.recall)},
                       {"groups", drawn.groups},
                       {"precision", one.precision}});
  }
  return classes;
}

Json photograph_json(const ManifestRow& row) {
  return {{"path", std::string(row.path)}, {"split", split_name(row.split)}};
}

Json examples_json(const Evaluation& evaluation, const TableRows& rows, const Pair& pair,
                   const std::vector<std::int32_t>& answers) {
  Json examples = Json::array();
  for (std::size_t i = 0; i < evaluation.rows.size() && examples.size() < kExamplesOfPair; ++i) {
    if (evaluation.labels[i] != static_cast<std::int32_t>(pair.truth) ||
        answers[i] != static_cast<std::int32_t>(pair.prediction)) {
      continue;
    }
    Json example = photograph_json(rows.manifest.rows[evaluation.rows[i]]);
    example["probability"] = evaluation.probabilities(i, pair.prediction);
    examples.push_back(std::move(example));
  }
  return examples;
}

Json surest_mistakes_json(const Evaluation& evaluation, const TableRows& rows,
                          const std::vector<std::int32_t>& answers) {
  Json mistakes = Json::array();
  for (const std::size_t i : surest_mistakes(evaluation.probabilities.view(), evaluation.labels,
                                             groups_of(rows, evaluation.rows), kSurestMistakes)) {
    const auto truth = static_cast<std::size_t>(evaluation.labels[i]);
    const auto answer = static_cast<std::size_t>(answers[i]);
    Json mistake = photograph_json(rows.manifest.rows[evaluation.rows[i]]);
    mistake["truth"] = rows.train_labels[truth];
    mistake["prediction"] = rows.train_labels[answer];
    mistake["probability"] = evaluation.probabilities(i, answer);
    mistake["truth_probability"] = evaluation.probabilities(i, truth);
    mistakes.push_back(std::move(mistake));
  }
  return mistakes;
}

}  // namespace

Evaluation evaluate(const Classifier& classifier, const RowFile& inputs, const TableRows& rows,
                    const std::vector<std::size_t>& chosen, std::uint64_t seed,
                    std::size_t workers) {
  Matrix<double> probabilities = logits_of(classifier, inputs, chosen, workers);
  logits_to_probabilities(classifier.temperature, probabilities.view());
  return evaluate_answers(std::move(probabilities), rows, chosen, seed);
}

Evaluation evaluate_answers(Matrix<double> probabilities, const TableRows& rows,
                            const std::vector<std::size_t>& chosen, std::uint64_t seed) {
  Evaluation evaluation;
  evaluation.rows = chosen;
  evaluation.labels = labels_of(rows, chosen);
  evaluation.probabilities = std::move(probabilities);
  evaluation.metrics = measure(evaluation.probabilities.view(), evaluation.labels);
  evaluation.intervals =
      bootstrap(evaluation.probabilities.view(), evaluation.labels, groups_of(rows, chosen), seed);
  return evaluation;
}

std::vector<std::pair<std::string, Evaluation>> evaluations_by_source(
    const Evaluation& evaluation, const TableRows& rows, const std::vector<std::string>& sources,
    std::uint64_t seed) {
  std::vector<std::pair<std::string, Evaluation>> result;
  if (sources.size() < 2) return result;
  for (const std::string& source : sources) {
    std::vector<std::size_t> at;  // positions among the rows judged
    for (std::size_t i = 0; i < evaluation.rows.size(); ++i) {
      if (source_of(rows.manifest.rows[evaluation.rows[i]].path) == source) at.push_back(i);
    }
    if (at.empty()) continue;
    Matrix<double> probabilities(at.size(), evaluation.probabilities.cols());
    std::vector<std::size_t> judged;
    for (std::size_t i = 0; i < at.size(); ++i) {
      std::ranges::copy(evaluation.probabilities.row(at[i]), probabilities.row(i).begin());
      judged.push_back(evaluation.rows[at[i]]);
    }
    result.emplace_back(source, evaluate_answers(std::move(probabilities), rows, judged, seed));
  }
  return result;
}

void add_metrics(const Protocol& protocol, const Evaluation& evaluation, const TableRows& rows,
                 Json& metrics) {
  metrics["metrics"].push_back(metrics_json(protocol, evaluation, rows.groups.given));
  Json by_class = {{"metrics", protocol.key}};
  if (!protocol.source.empty()) by_class["source"] = protocol.source;
  by_class["classes"] = classes_json(evaluation, rows.train_labels);
  metrics["by_class"].push_back(std::move(by_class));
}

void add_details(const Evaluation& evaluation, const TableRows& rows, Json& metrics) {
  const Metrics& measured = evaluation.metrics;
  for (std::size_t i = 0; i < measured.classes.size(); ++i) {
    const ClassMetrics& one = measured.classes[i];
    metrics["classes"].push_back({{"label", rows.train_labels[i]},
                                  {"precision", one.precision},
                                  {"recall", one.recall},
                                  {"f1", one.f1},
                                  {"support", one.support}});
  }
  for (const CalibrationBin& bin : measured.calibration) {
    metrics["calibration"].push_back(
        {{"count", bin.count}, {"confidence", bin.confidence}, {"accuracy", bin.accuracy}});
  }
  const std::vector<std::int32_t> answers = first_answers(evaluation.probabilities.view());
  for (const Pair& pair : worst_pairs(measured)) {
    metrics["confusions"].push_back({{"truth", rows.train_labels[pair.truth]},
                                     {"prediction", rows.train_labels[pair.prediction]},
                                     {"count", pair.count},
                                     {"rate", pair.rate},
                                     {"examples", examples_json(evaluation, rows, pair, answers)}});
  }
  metrics["surest_mistakes"] = surest_mistakes_json(evaluation, rows, answers);
}

void write_confusion(const Evaluation& evaluation, const std::vector<std::string>& labels,
                     ObjectStore& store, const std::string& key) {
  CsvWriter csv(store, key);
  csv.text("truth");
  for (const std::string& label : labels) csv.text(label);
  csv.end_row();
  for (std::size_t truth = 0; truth < evaluation.metrics.confusion.rows(); ++truth) {
    csv.text(labels[truth]);
    for (const std::uint64_t count : evaluation.metrics.confusion.row(truth)) {
      csv.integer(static_cast<std::int64_t>(count));
    }
    csv.end_row();
  }
  csv.commit();
}

}  // namespace pomona
