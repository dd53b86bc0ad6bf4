// SPDX-License-Identifier: Apache-2.0
// For tests: probabilities of classes, and the labels that belong to them. Any thread.
#pragma once

#include <algorithm>
#include <cstdint>
#include <span>
#include <vector>

#include "pomona/base/json.h"
#include "pomona/base/matrix.h"
#include "pomona/learn/classifier.h"
#include "pomona/learn/golden.h"

namespace pomona {

struct Answers {
  Matrix<double> probabilities;
  std::vector<std::int32_t> labels;
};

// Of answers.json.
inline Answers golden_answers(const Json& golden) {
  const std::size_t rows = golden["logits"].size();
  Answers answers{Matrix<double>(rows, golden["logits"][0].size()),
                  golden["labels"].get<std::vector<std::int32_t>>()};
  for (std::size_t i = 0; i < rows; ++i) {
    std::ranges::copy(golden["logits"][i].get<std::vector<double>>(),
                      answers.probabilities.row(i).begin());
  }
  logits_to_probabilities(1, answers.probabilities.view());
  return answers;
}

// Each row gives one class 0.7 and shares out the rest.
inline Answers plain_answers(const std::vector<std::int32_t>& answer,
                             const std::vector<std::int32_t>& labels, std::size_t classes) {
  Answers answers{Matrix<double>(labels.size(), classes), labels};
  for (std::size_t i = 0; i < labels.size(); ++i) {
    for (double& p : answers.probabilities.row(i)) p = 0.3 / static_cast<double>(classes - 1);
    answers.probabilities(i, static_cast<std::size_t>(answer[i])) = 0.7;
  }
  return answers;
}

}  // namespace pomona
