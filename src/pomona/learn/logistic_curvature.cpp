// SPDX-License-Identifier: Apache-2.0
#include "pomona/learn/logistic_curvature.h"

#include <utility>

#include "pomona/base/parallel.h"

namespace pomona {
namespace {

void scale_columns(MatrixView<double> matrix, std::span<const double> scales, bool divide) {
  for (std::size_t i = 0; i < matrix.rows(); ++i) {
    const std::span<double> row = matrix.row(i);
    for (std::size_t j = 0; j < row.size(); ++j) {
      row[j] = divide ? row[j] / scales[j] : row[j] * scales[j];
    }
  }
}

void scale(MatrixView<double> matrix, double factor) {
  for (double& value : std::span(matrix.data(), matrix.size())) value *= factor;
}

}  // namespace

LogisticCurvature::LogisticCurvature(std::vector<double> column_scales, std::size_t workers)
    : column_scales_(std::move(column_scales)), workers_(workers) {}

LogisticCurvature::LogisticCurvature(std::vector<CholeskyFactor> class_factors, std::size_t workers)
    : class_factors_(std::move(class_factors)), workers_(workers) {}

void LogisticCurvature::to_parameters(MatrixView<double> free) const {
  if (class_factors_.empty()) {
    scale_columns(free, column_scales_, /*divide=*/false);
  } else {
    parallel_for(free.rows(), workers_, [&](std::size_t label, std::size_t /*worker*/) {
      class_factors_[label].solve(free.row(label));
    });
  }
  scale(free, step_);
}

void LogisticCurvature::to_free(MatrixView<double> parameters) const {
  if (class_factors_.empty()) {
    scale_columns(parameters, column_scales_, /*divide=*/true);
  } else {
    parallel_for(parameters.rows(), workers_, [&](std::size_t label, std::size_t /*worker*/) {
      class_factors_[label].multiply(parameters.row(label));
    });
  }
  scale(parameters, 1 / step_);
}

void LogisticCurvature::gradient_to_free(MatrixView<double> gradient) const {
  if (class_factors_.empty()) {
    scale_columns(gradient, column_scales_, /*divide=*/false);
  } else {
    parallel_for(gradient.rows(), workers_, [&](std::size_t label, std::size_t /*worker*/) {
      class_factors_[label].solve_transposed(gradient.row(label));
    });
  }
  scale(gradient, step_);
}

double LogisticCurvature::estimated_gap(std::span<const double> free_gradient) const {
  double squares = 0;
  for (const double value : free_gradient) squares += value * value;
  return 0.5 * squares / (step_ * step_);
}

}  // namespace pomona
