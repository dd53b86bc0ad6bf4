// SPDX-License-Identifier: Apache-2.0
// For tests and benchmarks: rows of known make, the same as tools/golden_learn.py draws. Any
// thread.
#pragma once

#include <cstdint>
#include <vector>

#include "pomona/base/matrix.h"
#include "pomona/base/random.h"
#include "pomona/learn/moments.h"

namespace pomona {

struct MadeUpRows {
  Matrix<float> rows;
  std::vector<std::int32_t> labels;
};

// Nearly Gaussian, and exact in any language.
inline double bell(Random& random) {
  double sum = 0;
  for (int i = 0; i < 12; ++i) sum += random.uniform();
  return sum - 6;
}

// Clouds about one centre a class, columns of falling width about 0, 10 and 20.
inline MadeUpRows made_up_rows(std::uint64_t seed, std::size_t rows, std::size_t dims,
                               std::size_t classes, double spread) {
  Random random(seed);
  Matrix<double> centres(classes, dims);
  for (std::size_t k = 0; k < classes; ++k) {
    for (double& value : centres.row(k)) value = spread * bell(random);
  }
  MadeUpRows made{Matrix<float>(rows, dims), std::vector<std::int32_t>(rows)};
  for (std::size_t i = 0; i < rows; ++i) {
    const std::size_t label = random.next() % classes;
    made.labels[i] = static_cast<std::int32_t>(label);
    for (std::size_t j = 0; j < dims; ++j) {
      const auto column = static_cast<double>(j);
      made.rows(i, j) = static_cast<float>(10 * static_cast<double>(j % 3) +
                                           (centres(label, j) + bell(random)) / (1 + column));
    }
  }
  return made;
}

inline Moments moments_of(const MadeUpRows& made, std::size_t class_count) {
  Moments moments(made.rows.cols(), class_count);
  moments.add(made.rows.view(), made.labels);
  return moments;
}

}  // namespace pomona
