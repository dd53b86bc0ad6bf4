// SPDX-License-Identifier: Apache-2.0
// Answers to photographs by fits that have not seen them, gathered part by part.
#pragma once

#include <cstddef>
#include <vector>

#include "pomona/base/matrix.h"

namespace pomona {

class HeldOutAnswers {
 public:
  explicit HeldOutAnswers(std::size_t class_count) : class_count_(class_count) {}

  // scores: rows × classes, before softmax.
  void add(const std::vector<std::size_t>& rows, const Matrix<double>& scores);

  // Numbers of the rows, part after part, and their scores.
  const std::vector<std::size_t>& rows() const { return rows_; }
  MatrixView<const double> scores() const { return {scores_.data(), rows_.size(), class_count_}; }
  // Where each part begins among the rows, and their number at the end.
  const std::vector<std::size_t>& begins() const { return begins_; }

 private:
  std::size_t class_count_;
  std::vector<std::size_t> rows_;
  std::vector<double> scores_;
  std::vector<std::size_t> begins_ = {0};
};

}  // namespace pomona
