// SPDX-License-Identifier: Apache-2.0
// evaluate: a classifier's answers on rows it has never seen, and how good they are. Each call is
// for one thread.
#pragma once

#include <cstddef>
#include <cstdint>
#include <string>
#include <utility>
#include <vector>

#include "pomona/base/matrix.h"
#include "pomona/base/row_file.h"
#include "pomona/dataset/table_rows.h"
#include "pomona/evaluation/evaluation_results.h"
#include "pomona/learn/classifier.h"
#include "pomona/metrics/metrics.h"
#include "pomona/storage/object_store.h"

namespace pomona {

struct Evaluation {
  Metrics metrics;
  BootstrapIntervals intervals;
  Matrix<double> probabilities;      // rows × classes
  std::vector<std::size_t> rows;     // numbers of the rows judged
  std::vector<std::int32_t> labels;  // theirs
};

// Of probabilities at hand, rows × classes, one row for each of `chosen`.
Evaluation evaluate_answers(Matrix<double> probabilities, const TableRows& rows,
                            const std::vector<std::size_t>& chosen, std::uint64_t seed);
Evaluation evaluate(const Classifier& classifier, const RowFile& inputs, const TableRows& rows,
                    const std::vector<std::size_t>& chosen, std::uint64_t seed,
                    std::size_t workers);

// An evaluation of the rows of each source, the first part of their paths; none for a
// single source.
std::vector<std::pair<std::string, Evaluation>> evaluations_by_source(
    const Evaluation& evaluation, const TableRows& rows, const std::vector<std::string>& sources,
    std::uint64_t seed);

// Adds the metrics with their intervals, and the recall of each label.
void add_metrics(const Protocol& protocol, const Evaluation& evaluation, const TableRows& rows,
                 EvaluationResults& results);

// The classes, calibration, confusions and surest mistakes of that evaluation, and its counts.
void add_details(const Evaluation& evaluation, const TableRows& rows, EvaluationResults& results);

// confusion.csv.
void write_confusion(const Confusion& confusion, ObjectStore& store, const std::string& key);

}  // namespace pomona
