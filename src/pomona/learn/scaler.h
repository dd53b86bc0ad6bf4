// SPDX-License-Identifier: Apache-2.0
// Standardisation as in scikit-learn's StandardScaler: (x - mean) / scale per dimension. Any
// thread.
#pragma once

#include <vector>

namespace pomona {

struct Scaler {
  std::vector<double> mean;   // dims
  std::vector<double> scale;  // dims: population standard deviation; 1 where a feature is constant

  std::size_t dims() const { return mean.size(); }
};

}  // namespace pomona
