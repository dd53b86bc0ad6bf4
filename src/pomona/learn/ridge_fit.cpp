// SPDX-License-Identifier: Apache-2.0
// With standardised features Z (centred) and one-hot targets Y, W = (ZᵀZ + alpha I)⁻¹ Zᵀ(Y - mean
// Y); the mean drops out since Z is centred. ZᵀZ is the scaled covariance times the number of rows,
// and row k of ZᵀY the sum of the standardised rows of class k: moments hold both.
#include <algorithm>
#include <cmath>
#include <string>

#include "pomona/base/error.h"
#include "pomona/base/number_text.h"
#include "pomona/learn/classifier_fit.h"
#include "pomona/learn/linear_algebra.h"
#include "pomona/learn/scaler_fit.h"

namespace pomona {
namespace {

[[noreturn]] void refuse_fit(const std::string& why) {
  throw Error(ErrorKind::kInvalidInput, "fitting a ridge classifier: " + why);
}

void check_classes(const Moments& moments) {
  if (moments.class_count() < 2) {
    refuse_fit("expected at least 2 classes, found " + std::to_string(moments.class_count()) +
               "; give photographs of something else as well");
  }
  std::uint64_t labelled = 0;
  for (std::size_t k = 0; k < moments.class_count(); ++k) {
    if (moments.class_rows()[k] == 0) {
      refuse_fit("class " + std::to_string(k) + " of " + std::to_string(moments.class_count()) +
                 " has no training rows; leave the class out or give it photographs");
    }
    labelled += moments.class_rows()[k];
  }
  if (labelled != moments.rows()) {
    refuse_fit(std::to_string(moments.rows() - labelled) + " of " + std::to_string(moments.rows()) +
               " rows have no class; leave them out of the moments");
  }
}

Matrix<double> scaled_gram(const Moments& moments, const Scaler& scaler, double alpha) {
  const auto rows = static_cast<double>(moments.rows());
  Matrix<double> gram = moments.covariance();
  for (std::size_t i = 0; i < gram.rows(); ++i) {
    for (std::size_t j = 0; j < gram.cols(); ++j) {
      gram(i, j) *= rows / (scaler.scale[i] * scaler.scale[j]);
    }
    gram(i, i) += alpha;
  }
  return gram;
}

Matrix<double> scaled_class_sums(const Moments& moments, const Scaler& scaler) {
  Matrix<double> sums = moments.class_means();
  for (std::size_t k = 0; k < sums.rows(); ++k) {
    const auto count = static_cast<double>(moments.class_rows()[k]);
    for (std::size_t j = 0; j < sums.cols(); ++j) {
      sums(k, j) = count * (sums(k, j) - scaler.mean[j]) / scaler.scale[j];
    }
  }
  return sums;
}

}  // namespace

Classifier fit_ridge(const Moments& moments, double alpha) {
  if (!(alpha >= 0 && std::isfinite(alpha))) {
    refuse_fit("expected a finite alpha of at least 0, found " + shown_number(alpha));
  }
  check_classes(moments);
  const Scaler scaler = fit_scaler(moments, /*with_std=*/true);
  Matrix<double> gram = scaled_gram(moments, scaler, alpha);
  Classifier classifier{scaled_class_sums(moments, scaler), {}, 1.0};
  if (!solve_positive_definite(gram.view(), classifier.weights.view())) {
    refuse_fit("alpha = " + shown_number(alpha) +
               " leaves the equations without a single answer, as features depend on each other; "
               "take a larger alpha");
  }
  for (std::size_t k = 0; k < classifier.class_count(); ++k) {
    double bias =
        static_cast<double>(moments.class_rows()[k]) / static_cast<double>(moments.rows());
    for (std::size_t j = 0; j < classifier.dims(); ++j) {
      double& weight = classifier.weights(k, j);
      weight /= scaler.scale[j];
      bias -= weight * scaler.mean[j];
    }
    classifier.bias.push_back(bias);
  }
  return classifier;
}

}  // namespace pomona
