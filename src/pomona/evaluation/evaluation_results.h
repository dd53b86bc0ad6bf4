// SPDX-License-Identifier: Apache-2.0
// What is measured of a classifier's answers, as values: the metrics of each
// evaluation protocol, and the details of one
// evaluation. metrics.json is written from them here, at the border. Any thread.
#pragma once

#include <cstddef>
#include <cstdint>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "pomona/base/json.h"
#include "pomona/base/matrix.h"
#include "pomona/dataset/manifest.h"
#include "pomona/metrics/calibration.h"
#include "pomona/metrics/metrics.h"

namespace pomona {

// How photographs were divided and which are judged: what metrics of an evaluation are of.
struct Protocol {
  std::string key;
  std::string title;
  std::string explanation;
  std::size_t train_rows = 0;
  std::string source;  // "": of all photographs judged
};

// What is measured of a classifier beside its accuracy. Intervals are of 95 %.
struct ClassifierFigures {
  std::uint64_t unknown_label_rows = 0;  // they count as wrong
  double top3_accuracy = 0;
  double macro_f1 = 0;
  double log_loss = 0;
  double expected_calibration_error = 0;
  Interval accuracy_interval;
  Interval top3_accuracy_interval;
  Interval macro_f1_interval;
  int resamples = 0;
  bool grouped = false;      // groups were resampled, or else rows
  std::uint64_t groups = 0;  // how many of them there are
};

struct ProtocolMetrics {
  Protocol protocol;
  std::uint64_t rows = 0;  // photographs judged
  double accuracy = 0;
  std::optional<ClassifierFigures> figures;  // none: of a baseline
};

// Of the photographs of one label, within one evaluation.
struct LabelRecall {
  std::string label;
  std::uint64_t support = 0;
  std::uint64_t right = 0;
  double recall = 0;
  Interval recall_interval;
  std::uint64_t groups = 0;
  double precision = 0;
};
struct RecallByLabel {
  std::string key;     // of the protocol
  std::string source;  // … and source
  std::vector<LabelRecall> classes;
};

struct LabelMetrics {
  std::string label;
  ClassMetrics metrics;
};

// A photograph that was judged, and how probable the answer was.
struct JudgedPhotograph {
  std::size_t row = 0;  // of the feature table
  std::string path;
  Split split = Split::kTest;
  double probability = 0;
};
struct ConfusedPair {
  std::string truth;
  std::string prediction;
  std::uint64_t count = 0;
  double rate = 0;  // share of the photographs of `truth`
  std::vector<JudgedPhotograph> examples;
};
struct SureMistake {
  JudgedPhotograph photograph;
  std::string truth;
  std::string prediction;
  double truth_probability = 0;
};

// Counts of answers, truth by row.
struct Confusion {
  std::vector<std::string> labels;
  Matrix<std::uint64_t> counts;
};

struct EvaluationResults {
  std::vector<ProtocolMetrics> metrics;
  std::vector<RecallByLabel> by_class;
  // Of the one evaluation that is looked into; empty: of none.
  std::vector<LabelMetrics> classes;
  std::vector<CalibrationBin> calibration;
  std::vector<ConfusedPair> confusions;  // the most frequent first
  std::vector<SureMistake> surest_mistakes;
  Confusion confusion;  // which confusion.csv is written from, not metrics.json
};

// Those of the first protocol of that key; null: there is none.
const ProtocolMetrics* find_metrics(std::span<const ProtocolMetrics> metrics, std::string_view key);

// `metrics`, `classes`, `calibration`, `confusions`, `surest_mistakes` and `by_class` of
// metrics.json.
Json results_json(const EvaluationResults& results);
// `metrics` alone, and back. Throws corrupt for JSON of another shape; `where` names it.
Json protocol_metrics_json(std::span<const ProtocolMetrics> metrics);
std::vector<ProtocolMetrics> parse_protocol_metrics(const Json& list, std::string_view where);

}  // namespace pomona
