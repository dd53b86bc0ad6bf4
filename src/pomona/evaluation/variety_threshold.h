// SPDX-License-Identifier: Apache-2.0
// From which probability on `predict` reports a variety. Each call is for one thread.
#pragma once

#include <optional>
#include <string>
#include <vector>

#include "pomona/bundle/bundle.h"
#include "pomona/dataset/table_rows.h"
#include "pomona/evaluation/cross_validation.h"

namespace pomona {

// The likeliest variety of a photograph that was held out.
struct JudgedVariety {
  double probability = 0;  // that label and variety are right
  double weight = 1;
  bool right = false;  // both are
};

// The least of their probabilities from 0.5 up, from which on at least 90 % of them, by weight, are
// right; none where those are fewer than 8.
std::optional<double> choose_least_probability(std::vector<JudgedVariety> judged);

// Sets least_probability of each classifier by the out-of-fold answers with its label, and drops
// the classifiers for which there is none. Returns the labels of those.
std::vector<std::string> set_report_thresholds(const CrossValidation& validation,
                                               const TableRows& rows,
                                               std::vector<VarietyClassifier>& varieties);

}  // namespace pomona
