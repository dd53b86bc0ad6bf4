// SPDX-License-Identifier: Apache-2.0
#include "pomona/metrics/answers.h"

#include <cmath>
#include <string>

#include "pomona/base/error.h"

namespace pomona {

void check_answers(const char* what, MatrixView<const double> values,
                   std::span<const std::int32_t> labels) {
  const auto refuse = [&](const std::string& why) {
    throw Error(ErrorKind::kInvalidInput, std::string(what) + ": " + why);
  };
  if (labels.size() != values.rows() || (values.cols() == 0 && values.rows() > 0)) {
    refuse("found " + std::to_string(labels.size()) + " labels for " +
           std::to_string(values.rows()) + " rows of " + std::to_string(values.cols()) +
           " classes, expected a label for each and at least 1 class");
  }
  for (std::size_t i = 0; i < values.rows(); ++i) {
    if (labels[i] < -1 || labels[i] >= static_cast<std::int64_t>(values.cols())) {
      refuse("row " + std::to_string(i) + " has label " + std::to_string(labels[i]) +
             ", expected -1 to " + std::to_string(values.cols() - 1));
    }
    for (const double value : values.row(i)) {
      if (!std::isfinite(value)) {
        refuse("row " + std::to_string(i) + " has a value that is not finite");
      }
    }
  }
}

void check_groups(const char* what, std::span<const std::int32_t> groups, std::size_t rows) {
  if (groups.empty() || groups.size() == rows) return;
  throw Error(ErrorKind::kInvalidInput, std::string(what) + ": found " +
                                            std::to_string(groups.size()) + " groups for " +
                                            std::to_string(rows) + " rows, expected one for each");
}

bool among_first_three(std::span<const double> row, std::int32_t label) {
  if (label < 0) return false;
  const auto own = static_cast<std::size_t>(label);
  int better = 0;
  for (std::size_t i = 0; i < row.size() && better < 3; ++i) {
    if (row[i] > row[own] || (row[i] == row[own] && i < own)) ++better;
  }
  return better < 3;
}

}  // namespace pomona
