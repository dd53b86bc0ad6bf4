// SPDX-License-Identifier: Apache-2.0
// From which probability on a variety is reported, and how often what is reported is right. Each
// call is for one thread.
#pragma once

#include <cstddef>
#include <cstdint>
#include <optional>
#include <span>
#include <string>
#include <vector>

#include "pomona/base/json.h"
#include "pomona/bundle/bundle.h"
#include "pomona/dataset/table_rows.h"
#include "pomona/evaluation/evaluate.h"
#include "pomona/training/variety_fit.h"

namespace pomona {

// A photograph whose first answer is a label with varieties.
struct JudgedVariety {
  std::size_t row = 0;
  std::int32_t label = 0;  // of the answer
  std::size_t fold = 0;    // that it was held out with
  double probability = 0;  // that label and variety are right; 0: it is none of those with a name
  double weight = 1;
  bool named = false;  // the class map says which variety it is
  bool right = false;  // both are
  bool reported = false;
};

// `answers` are of the rows of the evaluation. `begins`: of folds among them; empty: all are one.
// Nothing is reported yet.
std::vector<JudgedVariety> judge_varieties(const VarietyAnswers& answers,
                                           const Evaluation& evaluation, const TableRows& rows,
                                           const std::vector<std::size_t>& begins);

// The least of their probabilities from 0.5 up, from which on at least 90 % of them, by weight, are
// right; none where those are fewer than 8.
std::optional<double> choose_least_probability(std::vector<JudgedVariety> judged);

// Chooses the threshold of each label by its answers and drops what is never reported. Returns
// `varieties.labels` of metrics.json, with those that were dropped. `labels`: as
// JudgedVariety::label numbers them.
Json set_report_thresholds(std::span<const JudgedVariety> judged,
                           const std::vector<std::string>& labels,
                           std::vector<VarietyClassifier>& varieties);
// The same without out-of-fold counts: 0.8 for all.
Json set_report_thresholds(std::vector<VarietyClassifier>& varieties);

// Reports those of each fold from the threshold that the other folds give, so that none is judged
// by a threshold that it helped to choose.
void report_by_other_folds(std::vector<JudgedVariety>& judged);
// Reports them as a bundle would; a label without a classifier among these is passed over.
void report_as_bundle(std::span<const VarietyClassifier> varieties,
                      const std::vector<std::string>& labels, std::vector<JudgedVariety>& judged);

// `varieties.metrics` of metrics.json: all of them, those of each label, and with several sources
// the same of each.
void add_variety_metrics(const std::string& key, std::span<const JudgedVariety> judged,
                         const TableRows& rows, const std::vector<std::string>& sources,
                         Json& counts);

}  // namespace pomona
