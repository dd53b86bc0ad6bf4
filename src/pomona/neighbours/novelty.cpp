// SPDX-License-Identifier: Apache-2.0
#include "pomona/neighbours/novelty.h"

#include <algorithm>
#include <string>

#include "pomona/base/error.h"
#include "pomona/neighbours/directions.h"

namespace pomona {
namespace {

double product(std::span<const float> a, std::span<const float> b) {
  double sum = 0;
  for (std::size_t j = 0; j < a.size(); ++j) {
    sum += static_cast<double>(a[j]) * static_cast<double>(b[j]);
  }
  return sum;
}

}  // namespace

Matrix<float> novelty_directions(const Projection& discriminants, MatrixView<const float> rows) {
  Matrix<float> projected(rows.rows(), discriminants.offset.size());
  project(discriminants, rows, projected.view());
  return directions_from(std::vector<double>(projected.cols()), projected.view());
}

std::vector<double> novelty_distances(const Novelty& novelty, MatrixView<const float> rows) {
  const Matrix<float> directions = novelty_directions(novelty.discriminants, rows);
  if (novelty.references.rows() > 0 && novelty.references.cols() != directions.cols()) {
    throw Error(ErrorKind::kInvalidInput,
                "measuring novelty: expected references of " + std::to_string(directions.cols()) +
                    " dimensions, found " + std::to_string(novelty.references.cols()));
  }
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
