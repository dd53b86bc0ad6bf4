// SPDX-License-Identifier: Apache-2.0
// L-BFGS (Liu and Nocedal 1989) of LBFGS++ on the objective of logistic_objective.h, and ridge
// regression by the normal equations.
//
// Principal components have very different variances, and so have the curvatures along their
// weights: about c · n · variance / 10 plus 1 of the penalty. L-BFGS works on weights divided by
// the root of that, which cuts its steps to a third and leaves the objective as it is.
#include "pomona/learn/classifier_fit.h"

#include <LBFGS.h>

#include <Eigen/Dense>
#include <algorithm>
#include <cmath>
#include <limits>
#include <stdexcept>
#include <string>

#include "pomona/base/error.h"
#include "pomona/learn/linear_algebra.h"
#include "pomona/learn/logistic_objective.h"
#include "pomona/learn/scaler_fit.h"

namespace pomona {
namespace {

using Vector = Eigen::VectorXd;

constexpr double kCurvatureShare = 1e-4;
constexpr int kMemory = 10;
constexpr int kPastIterations = 10;

// Mean square of every column of the rows, over at most a few blocks: a scale need not be exact.
std::vector<double> column_mean_squares(const TrainingRows& rows) {
  constexpr std::size_t kBlocks = 8;
  std::vector<double> sums(rows.dims);
  double count = 0;
  const std::size_t stride = std::max<std::size_t>(1, rows.block_count() / kBlocks);
  for (std::size_t block = 0; block < rows.block_count(); block += stride) {
    const std::size_t size = std::min(rows.block_rows, rows.rows - block * rows.block_rows);
    Matrix<float> values(size, rows.dims);
    std::vector<std::int32_t> labels(size);
    rows.read(block, values.view(), labels);
    for (std::size_t i = 0; i < size; ++i) {
      for (std::size_t j = 0; j < rows.dims; ++j) {
        sums[j] += static_cast<double>(values(i, j)) * static_cast<double>(values(i, j));
      }
    }
    count += static_cast<double>(size);
  }
  for (double& sum : sums) sum /= count;
  return sums;
}

// What L-BFGS sees: scaled parameters, the objective a row, and the best point so far, which
// outlives a line search that gives up.
class ScaledObjective {
 public:
  ScaledObjective(const LogisticObjective& objective, const TrainingRows& rows)
      : objective_(objective),
        classes_(rows.class_count),
        cols_(rows.dims + 1),
        rows_(static_cast<double>(rows.rows)),
        scale_(static_cast<Eigen::Index>(classes_ * cols_)) {
    const std::vector<double> mean_squares = column_mean_squares(rows);
    const double square_rms = objective.rms() * objective.rms();
    for (std::size_t k = 0; k < classes_; ++k) {
      for (std::size_t j = 0; j < rows.dims; ++j) {
        scale_[index(k, j)] =
            1 / std::sqrt(1 + kCurvatureShare * rows_ * mean_squares[j] / square_rms);
      }
      scale_[index(k, rows.dims)] = 1;
    }
  }

  double operator()(const Vector& scaled, Vector& gradient) {
    Vector parameters = scaled.cwiseProduct(scale_);
    gradient.resize(parameters.size());
    const double value = objective_.evaluate({parameters.data(), classes_, cols_},
                                             {gradient.data(), classes_, cols_});
    if (value < best_value_) {
      best_value_ = value;
      best_ = parameters;
    }
    gradient = gradient.cwiseProduct(scale_) / rows_;
    return value / rows_;
  }

  Vector scaled(const Vector& parameters) const { return parameters.cwiseQuotient(scale_); }
  const Vector& best() const { return best_; }
  double best_value() const { return best_value_; }
  Eigen::Index index(std::size_t k, std::size_t j) const {
    return static_cast<Eigen::Index>(k * cols_ + j);
  }

 private:
  const LogisticObjective& objective_;
  std::size_t classes_;
  std::size_t cols_;
  double rows_;
  Vector scale_;
  Vector best_;
  double best_value_ = std::numeric_limits<double>::infinity();
};

Vector starting_point(const TrainingRows& rows, const Classifier* start, double rms) {
  Vector point = Vector::Zero(static_cast<Eigen::Index>(rows.class_count * (rows.dims + 1)));
  if (start == nullptr) return point;
  if (start->class_count() != rows.class_count || start->dims() != rows.dims) {
    throw Error(ErrorKind::kInvalidInput,
                "fitting a logistic regression: the fit to start from has another shape");
  }
  Eigen::Index at = 0;
  for (std::size_t k = 0; k < rows.class_count; ++k) {
    for (const double weight : start->weights.row(k)) point[at++] = weight * rms;
    point[at++] = start->bias[k];
  }
  return point;
}

// The division by the rows' RMS is folded into the weights.
Classifier classifier_of(const Vector& parameters, const TrainingRows& rows, double rms) {
  Classifier classifier;
  classifier.weights = Matrix<double>(rows.class_count, rows.dims);
  Eigen::Index at = 0;
  for (std::size_t k = 0; k < rows.class_count; ++k) {
    for (double& weight : classifier.weights.row(k)) weight = parameters[at++] / rms;
    classifier.bias.push_back(parameters[at++]);
  }
  return classifier;
}

// Standardised class sums of the centred features: what ridge regression is to explain.
Matrix<double> centred_targets(const Moments& moments, const Scaler& scaler) {
  const Matrix<double> means = moments.class_means();
  Matrix<double> targets(moments.class_count(), moments.dims());
  for (std::size_t k = 0; k < targets.rows(); ++k) {
    const auto count = static_cast<double>(moments.class_rows()[k]);
    for (std::size_t j = 0; j < targets.cols(); ++j) {
      targets(k, j) = count * (means(k, j) - scaler.mean[j]) / scaler.scale[j];
    }
  }
  return targets;
}

}  // namespace

LogisticFit fit_logistic(const TrainingRows& rows, const LogisticOptions& options,
                         const Classifier* start) {
  const LogisticObjective objective(rows, options);
  ScaledObjective scaled(objective, rows);
  LBFGSpp::LBFGSParam<double> parameters;
  parameters.m = kMemory;
  parameters.max_iterations = options.max_iterations;
  parameters.epsilon = 0;
  parameters.epsilon_rel = 1e-9;
  parameters.past = kPastIterations;
  parameters.delta = options.tolerance;
  parameters.max_linesearch = 40;
  LBFGSpp::LBFGSSolver<double, LBFGSpp::LineSearchNocedalWright> solver(parameters);

  LogisticFit fit;
  Vector point = scaled.scaled(starting_point(rows, start, objective.rms()));
  double value = 0;
  try {
    fit.iterations = solver.minimize(scaled, point, value);
    fit.converged = fit.iterations < options.max_iterations;
  } catch (const std::runtime_error& failure) {
    // Errors of ours pass; a line search that finds no lower point any more ends at the best one.
    if (dynamic_cast<const Error*>(&failure) != nullptr) throw;
  }
  fit.rms = objective.rms();
  fit.objective = scaled.best_value();
  fit.classifier = classifier_of(scaled.best(), rows, fit.rms);
  return fit;
}

// With standardised features Z (centred) and one-hot targets Y, W = (ZᵀZ + alpha I)⁻¹ Zᵀ(Y - mean
// Y); the mean drops out since Z is centred.
Classifier fit_ridge(const Moments& moments, double alpha) {
  if (moments.rows() == 0 || moments.class_count() < 2) {
    throw Error(ErrorKind::kInvalidInput,
                "fitting a ridge classifier: expected rows of at least two classes");
  }
  const Scaler scaler = fit_scaler(moments, /*with_std=*/true);
  const std::size_t dims = moments.dims();
  const auto rows = static_cast<double>(moments.rows());
  Matrix<double> gram = moments.covariance();
  for (std::size_t i = 0; i < dims; ++i) {
    for (std::size_t j = 0; j < dims; ++j) gram(i, j) *= rows / (scaler.scale[i] * scaler.scale[j]);
    gram(i, i) += alpha;
  }
  Classifier classifier;
  classifier.weights = centred_targets(moments, scaler);
  if (!solve_positive_definite(gram.view(), classifier.weights.view())) {
    throw Error(
        ErrorKind::kInvalidInput,
        "fitting a ridge classifier: the normal equations cannot be solved; use a larger alpha");
  }
  for (std::size_t k = 0; k < classifier.weights.rows(); ++k) {
    double bias = static_cast<double>(moments.class_rows()[k]) / rows;
    for (std::size_t j = 0; j < dims; ++j) {
      double& weight = classifier.weights(k, j);
      weight /= scaler.scale[j];
      bias -= weight * scaler.mean[j];
    }
    classifier.bias.push_back(bias);
  }
  return classifier;
}

}  // namespace pomona
