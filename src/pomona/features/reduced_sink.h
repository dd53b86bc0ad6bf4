// SPDX-License-Identifier: Apache-2.0
// Where reduced rows go: a Parquet table, a CSV file, memory. Called by one thread at a time,
// batches in the order of the table.
#pragma once

#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "pomona/base/matrix.h"

namespace pomona {

// Rows after scaler and PCA. Row i is the i-th element of each column.
struct ReducedBatch {
  std::vector<std::string> path;
  std::vector<std::string> label;
  std::vector<std::string> split;
  std::vector<std::optional<std::int32_t>> label_index;
  Matrix<float> pca_features;  // rows × n_components

  std::size_t rows() const { return path.size(); }
};

class ReducedSink {
 public:
  virtual ~ReducedSink() = default;
  virtual void add(const ReducedBatch& batch) = 0;
  // Ends the table; without it nothing is published.
  virtual void finish() = 0;
};

}  // namespace pomona
