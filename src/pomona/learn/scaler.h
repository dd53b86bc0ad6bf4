// SPDX-License-Identifier: Apache-2.0
// Standardisation as in scikit-learn's StandardScaler: (x - mean) / scale per dimension.
#pragma once

#include <vector>

namespace pomona {

struct Scaler {
  std::vector<double> mean;
  std::vector<double> scale;  // population standard deviation; 1 where a feature is constant

  std::size_t dims() const { return mean.size(); }
};

}  // namespace pomona
