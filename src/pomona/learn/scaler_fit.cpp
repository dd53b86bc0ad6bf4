// SPDX-License-Identifier: Apache-2.0
#include "pomona/learn/scaler_fit.h"

#include <cmath>
#include <cstddef>
#include <limits>

#include "pomona/base/error.h"

namespace pomona {
namespace {

// scikit-learn's test: a variance that rounding alone could have made of equal values.
bool is_constant(double variance, double mean, double rows) {
  constexpr double kEpsilon = std::numeric_limits<double>::epsilon();
  const double from_mean = rows * mean * kEpsilon;
  return variance <= rows * kEpsilon * variance + from_mean * from_mean;
}

}  // namespace

Scaler fit_scaler(const Moments& moments, bool with_std) {
  if (moments.rows() == 0) {
    throw Error(ErrorKind::kInvalidInput,
                "fitting a scaler: expected at least 1 training row, found none");
  }
  Scaler scaler{moments.mean(), std::vector<double>(moments.dims(), 1.0)};
  if (!with_std) return scaler;
  const std::vector<double> variance = moments.variance();
  for (std::size_t j = 0; j < moments.dims(); ++j) {
    if (is_constant(variance[j], scaler.mean[j], static_cast<double>(moments.rows()))) continue;
    scaler.scale[j] = std::sqrt(variance[j]);
  }
  return scaler;
}

}  // namespace pomona
