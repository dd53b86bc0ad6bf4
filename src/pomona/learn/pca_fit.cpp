// SPDX-License-Identifier: Apache-2.0
// The covariance of scaled features is the covariance divided by the scales of row and column; its
// eigenvectors are the components and its eigenvalues their variances. Going by the Gram matrix
// squares the condition number, which does no harm here: float32 features carry 24 bits, and their
// squares fit the 53 of float64.
#include "pomona/learn/pca_fit.h"

#include <algorithm>
#include <cmath>
#include <string>
#include <utility>

#include "pomona/base/error.h"
#include "pomona/base/number_text.h"
#include "pomona/learn/linear_algebra.h"

namespace pomona {
namespace {

Matrix<double> scaled_covariance(const Moments& moments, const Scaler& scaler) {
  if (scaler.dims() != moments.dims()) {
    throw Error(ErrorKind::kInvalidInput,
                "fitting a PCA: the moments have " + std::to_string(moments.dims()) +
                    " dimensions, the scaler " + std::to_string(scaler.dims()));
  }
  Matrix<double> covariance = moments.covariance();
  for (std::size_t i = 0; i < covariance.rows(); ++i) {
    for (std::size_t j = 0; j < covariance.cols(); ++j) {
      covariance(i, j) /= scaler.scale[i] * scaler.scale[j];
    }
  }
  return covariance;
}

// The fewest whose ratios together reach the share.
std::size_t count_for_share(double share, const std::vector<double>& ratios, std::size_t most) {
  double sum = 0;
  for (std::size_t i = 0; i < most; ++i) {
    sum += ratios[i];
    if (sum >= share) return i + 1;
  }
  return most;
}

void fix_signs(Matrix<double>& components) {
  for (std::size_t i = 0; i < components.rows(); ++i) {
    const std::span<double> row = components.row(i);
    const auto largest =
        std::ranges::max_element(row, {}, [](double value) { return std::abs(value); });
    if (*largest < 0) {
      for (double& value : row) value = -value;
    }
  }
}

}  // namespace

std::size_t max_components(std::uint64_t rows, std::size_t dims) {
  const std::uint64_t free_rows = rows == 0 ? 0 : rows - 1;
  return std::max<std::size_t>(1, std::min<std::uint64_t>(dims, free_rows));
}

void check_components(const ComponentChoice& choice) {
  if (const auto* variance = std::get_if<VarianceShare>(&choice)) {
    if (variance->share > 0 && variance->share < 1) return;
    throw Error(ErrorKind::kInvalidInput,
                "components: expected a share of the variance between 0 and 1, found " +
                    shown_number(variance->share));
  }
  if (std::get<ComponentCount>(choice).count >= 1) return;
  throw Error(ErrorKind::kInvalidInput, "components: expected at least 1, found 0");
}

void check_components(const ComponentChoice& choice, std::uint64_t rows, std::size_t dims) {
  check_components(choice);
  const auto* number = std::get_if<ComponentCount>(&choice);
  const std::size_t most = max_components(rows, dims);
  if (number == nullptr || number->count <= most) return;
  throw Error(ErrorKind::kInvalidInput,
              "components: expected 1 to " + std::to_string(most) + ", which " +
                  std::to_string(rows) + " rows with " + std::to_string(dims) +
                  " dimensions allow, found " + std::to_string(number->count) +
                  "; choose fewer components, or train on more photographs");
}

Pca fit_pca(const Moments& moments, const Scaler& scaler, const ComponentChoice& choice) {
  check_components(choice, moments.rows(), moments.dims());
  const SymmetricEigen eigen(scaled_covariance(moments, scaler));
  Pca pca;
  pca.spectrum_ratio.assign(eigen.values().begin(), eigen.values().end());
  double total = 0;
  for (double& value : pca.spectrum_ratio) {
    value = std::max(0.0, value);
    total += value;
  }
  if (total == 0) {
    throw Error(ErrorKind::kInvalidInput,
                "fitting a PCA of " + std::to_string(moments.rows()) +
                    " rows: all of them are the same, so there is no direction to find; check "
                    "that the photographs differ");
  }
  const auto rows = static_cast<double>(moments.rows());
  for (const double value : pca.spectrum_ratio) {
    pca.explained_variance.push_back(value * rows / (rows - 1));
  }
  for (double& value : pca.spectrum_ratio) value /= total;

  const std::size_t count =
      std::holds_alternative<ComponentCount>(choice)
          ? std::get<ComponentCount>(choice).count
          : count_for_share(std::get<VarianceShare>(choice).share, pca.spectrum_ratio,
                            max_components(moments.rows(), moments.dims()));
  pca.explained_variance.resize(count);
  pca.explained_variance_ratio.assign(
      pca.spectrum_ratio.begin(), pca.spectrum_ratio.begin() + static_cast<std::ptrdiff_t>(count));
  pca.components = eigen.vectors(count);
  fix_signs(pca.components);
  return pca;
}

}  // namespace pomona
