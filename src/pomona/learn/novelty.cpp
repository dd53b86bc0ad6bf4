// SPDX-License-Identifier: Apache-2.0
#include "pomona/learn/novelty.h"

#include <algorithm>
#include <cmath>
#include <limits>

#include "pomona/learn/affine.h"

namespace pomona {

std::vector<double> novelty_distances(const Novelty& novelty, MatrixView<const float> rows) {
  Matrix<double> whitened(rows.rows(), novelty.dims());
  apply_affine("measuring novelty", novelty.whitening, std::vector<double>(novelty.dims()), rows,
               whitened.view());
  std::vector<double> distances;
  distances.reserve(rows.rows());
  for (std::size_t i = 0; i < rows.rows(); ++i) {
    double nearest = std::numeric_limits<double>::infinity();
    for (std::size_t k = 0; k < novelty.centres.rows(); ++k) {
      double squares = 0;
      for (std::size_t j = 0; j < novelty.dims(); ++j) {
        const double difference = whitened(i, j) - novelty.centres(k, j);
        squares += difference * difference;
      }
      nearest = std::min(nearest, squares);
    }
    distances.push_back(std::sqrt(nearest));
  }
  return distances;
}

}  // namespace pomona
