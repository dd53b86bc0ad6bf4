// SPDX-License-Identifier: Apache-2.0
// Out-of-fold scores: what fits give photographs that they have not seen, collected fold by fold.
// Used by one thread.
#pragma once

#include <cstddef>
#include <vector>

#include "pomona/base/matrix.h"

namespace pomona {

class OutOfFoldScores {
 public:
  explicit OutOfFoldScores(std::size_t class_count) : class_count_(class_count) {}

  // logits: rows × classes.
  void add(const std::vector<std::size_t>& rows, const Matrix<double>& logits);

  // Numbers of the rows, fold after fold, and their logits.
  const std::vector<std::size_t>& rows() const { return rows_; }
  MatrixView<const double> logits() const { return {logits_.data(), rows_.size(), class_count_}; }
  // Where each fold begins among the rows, and their number at the end.
  const std::vector<std::size_t>& begins() const { return begins_; }

 private:
  std::size_t class_count_;
  std::vector<std::size_t> rows_;
  std::vector<double> logits_;
  std::vector<std::size_t> begins_ = {0};
};

}  // namespace pomona
