// SPDX-License-Identifier: Apache-2.0
// Fitting a PCA from moments, and how many components it keeps. Any thread.
#pragma once

#include <cstddef>
#include <cstdint>
#include <variant>

#include "pomona/learn/moments.h"
#include "pomona/learn/pca.h"

namespace pomona {

// Either a number of components, or the share of the total variance that the fewest components must
// reach, in (0, 1).
struct ComponentCount {
  std::size_t count = 200;
};
struct VarianceShare {
  double share = 0.95;
};
using ComponentChoice = std::variant<ComponentCount, VarianceShare>;

// The most components that rows × dims can give: min(dims, rows - 1), at least 1.
std::size_t max_components(std::uint64_t rows, std::size_t dims);

// Throws invalid_input and names the field unless `choice` is a count of at least 1 or a share
// between 0 and 1: what holds for any rows.
void check_components(const ComponentChoice& choice);
// The same, and a count is at most max_components(), which the message states. For callers that
// know how many rows there will be before they have them.
void check_components(const ComponentChoice& choice, std::uint64_t rows, std::size_t dims);

// Exact: eigenvectors of the scaled covariance matrix. Signs are fixed: the element of largest
// magnitude of each component is positive. Throws invalid_input where check_components() does, or
// when the total variance is 0.
Pca fit_pca(const Moments& moments, const Scaler& scaler, const ComponentChoice& choice);

}  // namespace pomona
