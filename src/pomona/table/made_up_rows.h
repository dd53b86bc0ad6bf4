// SPDX-License-Identifier: Apache-2.0
// Rows for tests and benchmarks: row i is the same wherever a batch begins. Any thread.
#pragma once

#include <cstddef>
#include <string>
#include <utility>

#include "pomona/base/random.h"
#include "pomona/table/columns.h"
#include "pomona/table/schema.h"

namespace pomona {

inline std::string made_up_path(std::size_t row) {
  return "Früchte/" + std::to_string(row % 131) + "/photo, \"" + std::to_string(row) + "\".jpg";
}

inline Matrix<float> made_up_numbers(std::size_t first, std::size_t rows, std::size_t dims) {
  Matrix<float> numbers(rows, dims);
  for (std::size_t i = 0; i < rows; ++i) {
    Random random(first + i);
    // EfficientNet-Lite0 at 128 pixels: 68 % of the features are zero.
    for (float& number : numbers.row(i)) {
      const double value = random.uniform();
      number = value < 0.68 ? 0 : static_cast<float>(value * value * 3);
    }
  }
  return numbers;
}

// Rows [first, first + rows) of a table; `dims` numbers in each where it has numbers.
template <class Batch>
Batch made_up_rows(std::size_t first, std::size_t rows, std::size_t dims) {
  Batch batch;
  for (std::size_t row = first; row < first + rows; ++row) {
    batch.path.push_back(made_up_path(row));
    batch.label.push_back("Kind " + std::to_string(row % 131));
    batch.split.push_back(row % 5 == 0 ? "test" : "train");
    if constexpr (std::is_same_v<Batch, ManifestBatch>) {
      batch.bytes.push_back(static_cast<std::int64_t>(row) * 1'000'003);
      batch.status.push_back(row % 7 == 0 ? "failed" : "ok");
      batch.sha256.push_back(row % 7 == 0 ? ""
                                          : std::string(64, static_cast<char>('0' + row % 10)));
      batch.damage.push_back(row % 11 == 0 ? 0.25 : 0);
    } else if constexpr (std::is_same_v<Batch, ReducedBatch>) {
      batch.label_index.push_back(row % 3 == 0 ? std::optional<std::int32_t>()
                                               : static_cast<std::int32_t>(row % 131));
    } else if constexpr (std::is_same_v<Batch, PreviewBatch>) {
      batch.jpeg.emplace_back(500 + row % 300, static_cast<char>(row));
    }
  }
  if constexpr (std::is_same_v<Batch, FeatureBatch>) {
    batch.features = made_up_numbers(first, rows, dims);
  } else if constexpr (std::is_same_v<Batch, ReducedBatch>) {
    batch.pca_features = made_up_numbers(first, rows, dims);
  }
  return batch;
}

}  // namespace pomona
