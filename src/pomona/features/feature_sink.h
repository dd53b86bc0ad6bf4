// SPDX-License-Identifier: Apache-2.0
// Where extracted rows go: a Parquet table now, an Arrow stream later.
#pragma once

#include <string>
#include <vector>

#include "pomona/base/matrix.h"

namespace pomona {

// Rows in the order of the table. path[i], label[i], split[i] belong to features.row(i).
struct FeatureBatch {
  std::vector<std::string> path;
  std::vector<std::string> label;
  std::vector<std::string> split;
  Matrix<float> features;  // rows × feature_count

  std::size_t rows() const { return path.size(); }
};

// Called by one thread at a time, batches in the order of the table.
class FeatureSink {
 public:
  virtual ~FeatureSink() = default;
  virtual void add(const FeatureBatch& batch) = 0;
  // Ends the table; without it nothing is published.
  virtual void finish() = 0;
};

}  // namespace pomona
