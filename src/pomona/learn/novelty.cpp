// SPDX-License-Identifier: Apache-2.0
#include "pomona/learn/novelty.h"

#include <algorithm>
#include <cmath>
#include <string>

#include "pomona/base/error.h"

namespace pomona {
namespace {

void check_dims(std::size_t expected, std::size_t found) {
  if (expected == found) return;
  throw Error(ErrorKind::kInvalidInput, "measuring novelty: expected rows of " +
                                            std::to_string(expected) + " dimensions, found " +
                                            std::to_string(found));
}

double product(std::span<const float> a, std::span<const float> b) {
  double sum = 0;
  for (std::size_t j = 0; j < a.size(); ++j) {
    sum += static_cast<double>(a[j]) * static_cast<double>(b[j]);
  }
  return sum;
}

}  // namespace

Matrix<float> novelty_directions(std::span<const double> mean, MatrixView<const float> rows) {
  check_dims(mean.size(), rows.cols());
  Matrix<float> directions(rows.rows(), rows.cols());
  for (std::size_t i = 0; i < rows.rows(); ++i) {
    double squares = 0;
    for (std::size_t j = 0; j < mean.size(); ++j) {
      const double difference = static_cast<double>(rows(i, j)) - mean[j];
      squares += difference * difference;
    }
    if (squares == 0) continue;
    for (std::size_t j = 0; j < mean.size(); ++j) {
      directions(i, j) =
          static_cast<float>((static_cast<double>(rows(i, j)) - mean[j]) / std::sqrt(squares));
    }
  }
  return directions;
}

std::vector<double> novelty_distances(const Novelty& novelty, MatrixView<const float> rows) {
  const Matrix<float> directions = novelty_directions(novelty.mean, rows);
  std::vector<double> distances;
  distances.reserve(rows.rows());
  for (std::size_t i = 0; i < rows.rows(); ++i) {
    double nearest = novelty.references.rows() == 0 ? 0 : -1;
    for (std::size_t k = 0; k < novelty.references.rows(); ++k) {
      nearest =
          std::max(nearest, product(directions.view().row(i), novelty.references.view().row(k)));
    }
    distances.push_back(1 - nearest);
  }
  return distances;
}

}  // namespace pomona
