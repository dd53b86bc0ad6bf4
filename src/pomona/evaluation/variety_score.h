// SPDX-License-Identifier: Apache-2.0
// From which probability on a variety is told, and how often what is told is right.
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
  bool told = false;
};

// `answers` are of the rows of the evaluation. `begins`: of folds among them; empty: all are one.
// Nothing is told yet.
std::vector<JudgedVariety> judge_varieties(const VarietyAnswers& answers,
                                           const Evaluation& evaluation, const TableRows& rows,
                                           const std::vector<std::size_t>& begins);

// The least of their probabilities from 0.5 up, from which on at least 90 % of them, by weight, are
// right; none where those are fewer than 8.
std::optional<double> choose_least_probability(std::vector<JudgedVariety> judged);

// Chooses for each label by its answers and drops what is never told. Returns `varieties.labels` of
// metrics.json, with those that were dropped. `labels`: as JudgedVariety::label numbers them.
Json keep_told(std::span<const JudgedVariety> judged, const std::vector<std::string>& labels,
               std::vector<VarietyClassifier>& varieties);
// The same where nothing was held out to choose by: all from 0.8 on.
Json tell_the_probable(std::vector<VarietyClassifier>& varieties);

// Tells those of each fold from where the answers to the other folds say, so that none is judged by
// what it chose.
void tell_by_other_folds(std::vector<JudgedVariety>& judged);
// Tells them as a bundle would; a label without a classifier among these is passed over.
void tell_as_bundle(std::span<const VarietyClassifier> varieties,
                    const std::vector<std::string>& labels, std::vector<JudgedVariety>& judged);

// `varieties.scores` of metrics.json: all of them, those of each label, and with several sources
// the same of each.
void add_variety_scores(const std::string& key, std::span<const JudgedVariety> judged,
                        const TableRows& rows, const std::vector<std::string>& sources,
                        Json& scores);

}  // namespace pomona
