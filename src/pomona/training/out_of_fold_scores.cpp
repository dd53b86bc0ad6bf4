// SPDX-License-Identifier: Apache-2.0
#include "pomona/training/out_of_fold_scores.h"

namespace pomona {

void OutOfFoldScores::add(const std::vector<std::size_t>& rows, const Matrix<double>& scores) {
  rows_.insert(rows_.end(), rows.begin(), rows.end());
  scores_.insert(scores_.end(), scores.data(), scores.data() + scores.size());
  begins_.push_back(rows_.size());
}

}  // namespace pomona
