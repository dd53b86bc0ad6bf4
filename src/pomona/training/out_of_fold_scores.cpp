// SPDX-License-Identifier: Apache-2.0
#include "pomona/training/out_of_fold_scores.h"

namespace pomona {

void OutOfFoldScores::add(const std::vector<std::size_t>& rows, const Matrix<double>& logits) {
  rows_.insert(rows_.end(), rows.begin(), rows.end());
  logits_.insert(logits_.end(), logits.data(), logits.data() + logits.size());
  begins_.push_back(rows_.size());
}

}  // namespace pomona
