// SPDX-License-Identifier: Apache-2.0
#include "pomona/neighbours/directions.h"

#include <cmath>
#include <string>

#include "pomona/base/error.h"

namespace pomona {

Matrix<float> directions_from(std::span<const double> origin, MatrixView<const float> rows) {
  if (rows.cols() != origin.size()) {
    throw Error(ErrorKind::kInvalidInput, "taking directions: expected rows of " +
                                              std::to_string(origin.size()) +
                                              " dimensions, found " + std::to_string(rows.cols()));
  }
  Matrix<float> directions(rows.rows(), rows.cols());
  for (std::size_t i = 0; i < rows.rows(); ++i) {
    double squares = 0;
    for (std::size_t j = 0; j < origin.size(); ++j) {
      const double difference = static_cast<double>(rows(i, j)) - origin[j];
      squares += difference * difference;
    }
    if (squares == 0) continue;
    for (std::size_t j = 0; j < origin.size(); ++j) {
      directions(i, j) =
          static_cast<float>((static_cast<double>(rows(i, j)) - origin[j]) / std::sqrt(squares));
    }
  }
  return directions;
}

}  // namespace pomona
