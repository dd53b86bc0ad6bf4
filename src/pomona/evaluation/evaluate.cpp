// SPDX-License-Identifier: Apache-2.0
#include "pomona/evaluation/evaluate.h"

#include <algorithm>
#include <utility>

#include "pomona/csv/csv_writer.h"
#include "pomona/dataset/source_of.h"
#include "pomona/metrics/surest_mistakes.h"
#include "pomona/training/train.h"

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

std::vector<std::int32_t> groups_of(const TableRows& rows, const std::vector<std::size_t>& chosen) {
  std::vector<std::int32_t> groups;
  if (!rows.groups.given) return groups;
  for (const std::size_t row : chosen) groups.push_back(rows.groups.of_row[row]);
  return groups;
}

ProtocolMetrics metrics_of(const Protocol& protocol, const Evaluation& evaluation, bool grouped) {
  const Metrics& metrics = evaluation.metrics;
  const BootstrapIntervals& intervals = evaluation.intervals;
  ClassifierFigures figures;
  figures.unknown_label_rows = metrics.unknown_label_rows;
  figures.top3_accuracy = metrics.top3_accuracy;
  figures.macro_f1 = metrics.macro_f1;
  figures.log_loss = metrics.log_loss;
  figures.expected_calibration_error = metrics.expected_calibration_error;
  figures.accuracy_interval = intervals.accuracy;
  figures.top3_accuracy_interval = intervals.top3_accuracy;
  figures.macro_f1_interval = intervals.macro_f1;
  figures.resamples = intervals.resamples;
  figures.grouped = grouped;
  figures.groups = intervals.groups;
  return {protocol, metrics.rows, metrics.accuracy, figures};
}

// The labels that a photograph judged has.
std::vector<LabelRecall> recalls_of(const Evaluation& evaluation,
                                    const std::vector<std::string>& labels) {
  std::vector<LabelRecall> recalls;
  for (std::size_t i = 0; i < labels.size(); ++i) {
    const ClassMetrics& one = evaluation.metrics.classes[i];
    if (one.support == 0) continue;
    const ClassInterval& drawn = evaluation.intervals.classes[i];
    LabelRecall& recall = recalls.emplace_back();
    recall.label = labels[i];
    recall.support = one.support;
    recall.right = evaluation.metrics.confusion(i, i);
    recall.recall = one.recall;
    recall.recall_interval = drawn.recall;
    recall.groups = drawn.groups;
    recall.precision = one.precision;
  }
  return recalls;
}

// The i-th of the rows judged, with the probability of the class `answer`.
JudgedPhotograph judged_photograph(const Evaluation& evaluation, const TableRows& rows,
                                   std::size_t i, std::size_t answer) {
  const std::size_t row = evaluation.rows[i];
  const ManifestRow& photograph = rows.manifest.rows[row];
  return {row, std::string(photograph.path), photograph.split, evaluation.probabilities(i, answer)};
}

std::vector<JudgedPhotograph> examples_of(const Evaluation& evaluation, const TableRows& rows,
                                          const Pair& pair,
                                          const std::vector<std::int32_t>& answers) {
  std::vector<JudgedPhotograph> examples;
  for (std::size_t i = 0; i < evaluation.rows.size() && examples.size() < kExamplesOfPair; ++i) {
    if (evaluation.labels[i] != static_cast<std::int32_t>(pair.truth) ||
        answers[i] != static_cast<std::int32_t>(pair.prediction)) {
      continue;
    }
    examples.push_back(judged_photograph(evaluation, rows, i, pair.prediction));
  }
  return examples;
}

std::vector<SureMistake> sure_mistakes(const Evaluation& evaluation, const TableRows& rows,
                                       const std::vector<std::int32_t>& answers) {
  std::vector<SureMistake> mistakes;
  for (const std::size_t i : surest_mistakes(evaluation.probabilities.view(), evaluation.labels,
                                             groups_of(rows, evaluation.rows), kSurestMistakes)) {
    const auto truth = static_cast<std::size_t>(evaluation.labels[i]);
    const auto answer = static_cast<std::size_t>(answers[i]);
    mistakes.push_back({judged_photograph(evaluation, rows, i, answer), rows.train_labels[truth],
                        rows.train_labels[answer], evaluation.probabilities(i, truth)});
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
                 EvaluationResults& results) {
  results.metrics.push_back(metrics_of(protocol, evaluation, rows.groups.given));
  results.by_class.push_back(
      {protocol.key, protocol.source, recalls_of(evaluation, rows.train_labels)});
}

void add_details(const Evaluation& evaluation, const TableRows& rows, EvaluationResults& results) {
  const Metrics& measured = evaluation.metrics;
  for (std::size_t i = 0; i < measured.classes.size(); ++i) {
    results.classes.push_back({rows.train_labels[i], measured.classes[i]});
  }
  results.calibration = measured.calibration;
  const std::vector<std::int32_t> answers = first_answers(evaluation.probabilities.view());
  for (const Pair& pair : worst_pairs(measured)) {
    results.confusions.push_back({rows.train_labels[pair.truth], rows.train_labels[pair.prediction],
                                  pair.count, pair.rate,
                                  examples_of(evaluation, rows, pair, answers)});
  }
  results.surest_mistakes = sure_mistakes(evaluation, rows, answers);
  results.confusion = {rows.train_labels, measured.confusion};
}

void write_confusion(const Confusion& confusion, ObjectStore& store, const std::string& key) {
  CsvWriter csv(store, key);
  csv.text("truth");
  for (const std::string& label : confusion.labels) csv.text(label);
  csv.end_row();
  for (std::size_t truth = 0; truth < confusion.counts.rows(); ++truth) {
    csv.text(confusion.labels[truth]);
    for (const std::uint64_t count : confusion.counts.row(truth)) {
      csv.integer(static_cast<std::int64_t>(count));
    }
    csv.end_row();
  }
  csv.commit();
}

}  // namespace pomona
