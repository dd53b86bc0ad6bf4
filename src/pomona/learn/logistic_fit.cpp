// SPDX-License-Identifier: Apache-2.0
// L-BFGS needs a hundred passes and more over the rows when it starts from nothing. Two things
// bring that down to about twenty-five, both taken from a sample of the rows that stays in memory.
// First a fit of the sample alone, cheap and rough, gives the start. Then the second derivatives at
// that point, each class on its own (the diagonal blocks of the Hessian, Σ p(1 - p) x xᵀ + 1), give
// coordinates in which the objective is nearly round. Neither changes where the minimum is.
// Of classes so many that a sample holds hardly a row of each, a fit of the sample would say
// little. There the start is the prior, or, without blocks, the best point along the first step.
#include <LBFGS.h>

#include <Eigen/Core>
#include <algorithm>
#include <cmath>
#include <exception>
#include <limits>
#include <string>
#include <utility>

#include "pomona/base/error.h"
#include "pomona/base/number_text.h"
#include "pomona/base/parallel.h"
#include "pomona/learn/classifier_fit.h"
#include "pomona/learn/logistic_curvature.h"
#include "pomona/learn/logistic_objective.h"

namespace pomona {
namespace {

constexpr int kSamplePasses = 70;
// L-BFGS forgets where it came from after ten steps; where it has not ended by then, curvature is
// taken anew at the point reached.
constexpr int kPassesACurvature = 80;
constexpr std::size_t kLeastSampleOfClass = 2;
constexpr double kShortestStep = 1.0 / 64;
constexpr double kFinestFactor = 1.1;
constexpr double kBiasCurvature = 0.1;      // in place of the penalty that the bias does not have
constexpr double kLeastUncertainty = 1e-3;  // p(1 - p) below this adds nothing to the curvature
constexpr std::size_t kMostFactorElements = std::size_t{1} << 25U;  // 256 MiB

struct Point {
  Matrix<double> parameters;
  Matrix<double> gradient;
  double objective = std::numeric_limits<double>::infinity();
  bool converged = false;
};

// What L-BFGS calls: the objective in the coordinates of a curvature, from a known point on. Keeps
// the best point seen, and ends the search by an exception of its own, since the library's test of
// the gradient cannot follow the objective.
class Descent {
 public:
  struct Ended : std::exception {};

  Descent(const LogisticObjective& objective, const LogisticCurvature& curvature, Point start,
          double tolerance, int most_passes)
      : objective_(objective),
        curvature_(curvature),
        best_(std::move(start)),
        tolerance_(tolerance),
        most_passes_(most_passes) {}

  double operator()(const Eigen::VectorXd& free, Eigen::VectorXd& free_gradient) {
    Point point;
    if (std::exchange(first_, false)) {
      point = best_;
    } else {
      if (passes_ == most_passes_) throw Ended();
      ++passes_;
      point.parameters = Matrix<double>(best_.parameters.rows(), best_.parameters.cols());
      point.gradient = Matrix<double>(best_.parameters.rows(), best_.parameters.cols());
      std::copy_n(free.data(), free.size(), point.parameters.data());
      curvature_.to_parameters(point.parameters.view());
      point.objective = objective_.evaluate(point.parameters.view(), point.gradient.view());
      // A step so long that float32 overflows: the line search takes back what is too high.
      if (!std::isfinite(point.objective)) {
        point.objective = std::numeric_limits<double>::infinity();
      }
    }
    const std::size_t size = point.gradient.size();
    const MatrixView<double> gradient(free_gradient.data(), point.gradient.rows(),
                                      point.gradient.cols());
    std::copy_n(point.gradient.data(), size, gradient.data());
    curvature_.gradient_to_free(gradient);
    const double value = point.objective;
    point.converged =
        curvature_.estimated_gap({gradient.data(), size}) <= tolerance_ * std::abs(value);
    if (value <= best_.objective || point.converged) best_ = std::move(point);
    if (best_.converged) throw Ended();
    return value;
  }

  int passes() const { return passes_; }
  const Point& best() const { return best_; }

 private:
  const LogisticObjective& objective_;
  const LogisticCurvature& curvature_;
  Point best_;
  double tolerance_;
  int most_passes_;
  int passes_ = 0;
  bool first_ = true;
};

// Runs L-BFGS from `point`; returns the best point seen and adds to `passes`.
Point descend(const LogisticObjective& objective, LogisticCurvature& curvature, Point point,
              double tolerance, int most_passes, int& passes) {
  // The library's first step has length one; let that be the whole way where the way is short.
  Matrix<double> gradient = point.gradient;
  curvature.gradient_to_free(gradient.view());
  const double gap = curvature.estimated_gap({gradient.data(), gradient.size()});
  if (gap > 0) curvature.set_step(std::min(1.0, std::sqrt(2 * gap)));

  Matrix<double> start = point.parameters;
  curvature.to_free(start.view());
  Eigen::VectorXd free =
      Eigen::Map<const Eigen::VectorXd>(start.data(), static_cast<Eigen::Index>(start.size()));
  LBFGSpp::LBFGSParam<double> settings;
  settings.m = 10;
  settings.epsilon = 0;
  settings.epsilon_rel = 0;
  settings.linesearch = LBFGSpp::LBFGS_LINESEARCH_BACKTRACKING_WOLFE;
  LBFGSpp::LBFGSSolver<double> solver(settings);
  Descent descent(objective, curvature, std::move(point), tolerance, most_passes);
  try {
    double value = 0;
    solver.minimize(descent, free, value);
  } catch (const Error&) {
    throw;
  } catch (const std::exception&) {  // NOLINT(bugprone-empty-catch): how every search ends
    // Descent ended it, or the line search found no lower point: as far as float32 products can
    // see, this is the end.
  }
  passes += descent.passes();
  return descent.best();
}

Point evaluate(const LogisticObjective& objective, Matrix<double> parameters) {
  Point point;
  point.gradient = Matrix<double>(parameters.rows(), parameters.cols());
  point.objective = objective.evaluate(parameters.view(), point.gradient.view());
  point.parameters = std::move(parameters);
  return point;
}

// A guess before anything is known: one answer in fifty is doubtful, among class_count classes.
LogisticCurvature guessed_curvature(const LogisticObjective& objective, const TrainingStock& stock,
                                    std::size_t workers) {
  const TrainingRows& rows = objective.rows();
  const double uncertain =
      0.02 * objective.c() * stock.weight / static_cast<double>(rows.class_count);
  std::vector<double> scales;
  for (const double squares : stock.column_squares) {
    scales.push_back(1 / std::sqrt(1 + uncertain * squares / (stock.rms * stock.rms)));
  }
  scales.push_back(1);
  return {std::move(scales), workers};
}

// The best point along the way down from `parameters`, as the sample sees it: the first steps of
// L-BFGS would look for it on all rows.
Matrix<double> first_step(const LogisticObjective& objective, const LogisticObjective& of_sample,
                          const LogisticCurvature& curvature, Matrix<double> parameters) {
  Matrix<double> step = evaluate(objective, parameters).gradient;
  curvature.gradient_to_free(step.view());
  curvature.to_parameters(step.view());
  const auto at = [&](double length) {
    Matrix<double> there = parameters;
    for (std::size_t i = 0; i < there.size(); ++i) there.data()[i] -= length * step.data()[i];
    return evaluate(of_sample, std::move(there));
  };
  Point best = at(kShortestStep);
  double length = kShortestStep;
  double factor = 2;
  while (factor > kFinestFactor) {
    for (const double change : {factor, 1 / factor}) {
      for (;;) {
        Point point = at(length * change);
        if (!(point.objective < best.objective)) break;
        best = std::move(point);
        length *= change;
      }
    }
    factor = std::sqrt(factor);
  }
  return std::move(best.parameters);
}

LogisticCurvature curvature_at(const LogisticObjective& of_sample, const RowSample& sample,
                               MatrixView<const double> parameters, std::size_t workers) {
  const Matrix<float> probabilities = of_sample.probabilities(parameters);
  const std::size_t dims = sample.rows.cols();
  std::vector<std::vector<CholeskyFactor>> factors(parameters.rows());
  parallel_for(parameters.rows(), workers, [&](std::size_t label, std::size_t /*worker*/) {
    std::vector<std::size_t> uncertain;
    for (std::size_t i = 0; i < sample.rows.rows(); ++i) {
      const float p = probabilities(label, i);
      if (static_cast<double>(p * (1 - p)) > kLeastUncertainty) uncertain.push_back(i);
    }
    Matrix<double> weighted(uncertain.size(), dims + 1);
    for (std::size_t i = 0; i < uncertain.size(); ++i) {
      const auto p = static_cast<double>(probabilities(label, uncertain[i]));
      const double weight = of_sample.rows().weight(uncertain[i]);
      const double root = std::sqrt(of_sample.c() * weight * p * (1 - p));
      for (std::size_t j = 0; j < dims; ++j) {
        weighted(i, j) = root * static_cast<double>(sample.rows(uncertain[i], j)) / of_sample.rms();
      }
      weighted(i, dims) = root;
    }
    Matrix<double> hessian(dims + 1, dims + 1);
    for (std::size_t j = 0; j <= dims; ++j) hessian(j, j) = j < dims ? 1 : kBiasCurvature;
    if (!uncertain.empty()) add_gram(weighted.view(), hessian.view());
    factors[label].emplace_back(hessian.view());
  });
  std::vector<CholeskyFactor> flat;
  for (std::vector<CholeskyFactor>& factor : factors) flat.push_back(std::move(factor.front()));
  return {std::move(flat), workers};
}

// Of weights for the rows as given; `what` they are is for errors. Without biases these are 0.
Matrix<double> parameters_of(MatrixView<const double> weights, std::span<const double> bias,
                             const TrainingRows& rows, double rms, const char* what) {
  if (weights.rows() != rows.class_count || weights.cols() != rows.dims ||
      (!bias.empty() && bias.size() != rows.class_count)) {
    const std::string biases =
        bias.empty() ? "" : ", and " + std::to_string(bias.size()) + " biases";
    throw Error(ErrorKind::kInvalidInput, "fitting logistic regression of " +
                                              std::to_string(rows.class_count) + " classes on " +
                                              std::to_string(rows.dims) + " dimensions: the " +
                                              what + " has " + std::to_string(weights.rows()) +
                                              " and " + std::to_string(weights.cols()) + biases);
  }
  Matrix<double> parameters(rows.class_count, rows.dims + 1);
  for (std::size_t k = 0; k < rows.class_count; ++k) {
    for (std::size_t j = 0; j < rows.dims; ++j) parameters(k, j) = weights(k, j) * rms;
    if (!bias.empty()) parameters(k, rows.dims) = bias[k];
  }
  return parameters;
}

// Adding a number to every bias changes no probability; the fit is the one where they add up to 0.
Classifier to_classifier(const Matrix<double>& parameters, double rms) {
  const std::size_t dims = parameters.cols() - 1;
  Classifier classifier{Matrix<double>(parameters.rows(), dims), {}, 1.0};
  double mean = 0;
  for (std::size_t k = 0; k < parameters.rows(); ++k) {
    for (std::size_t j = 0; j < dims; ++j) classifier.weights(k, j) = parameters(k, j) / rms;
    classifier.bias.push_back(parameters(k, dims));
    mean += parameters(k, dims) / static_cast<double>(parameters.rows());
  }
  for (double& bias : classifier.bias) bias -= mean;
  return classifier;
}

[[noreturn]] void refuse_option(const std::string& expected, const std::string& found) {
  throw Error(ErrorKind::kInvalidInput,
              "fitting logistic regression: expected " + expected + ", found " + found);
}

}  // namespace

void LogisticOptions::check() const {
  if (!(c > 0 && c <= kLargestC)) {
    refuse_option("c above 0 and at most " + shown_number(kLargestC), shown_number(c));
  }
  if (max_iterations < 1) {
    refuse_option("max_iterations of at least 1", std::to_string(max_iterations));
  }
  if (!(tolerance >= 0 && tolerance < 1)) {
    refuse_option("tolerance from 0 to less than 1", shown_number(tolerance));
  }
  const std::span<const double> priors(prior.data(), prior.size());
  const auto wrong = std::ranges::find_if(priors, [](double p) { return !std::isfinite(p); });
  if (wrong != priors.end()) refuse_option("a prior of finite values", shown_number(*wrong));
}

LogisticFit fit_logistic(const TrainingRows& rows, const LogisticOptions& options,
                         const Classifier* start) {
  options.check();
  const TrainingStock stock = take_stock(rows, options.stop);
  const Matrix<double> prior = options.prior.size() == 0
                                   ? Matrix<double>(rows.class_count, rows.dims + 1)
                                   : parameters_of(options.prior, {}, rows, stock.rms, "prior");
  const LogisticObjective objective(rows, prior, options.c, stock.rms, options.workers,
                                    options.stop);
  const TrainingRows sample_rows = stock.sample.training_rows(rows.class_count);
  const double sample_c = options.c * stock.weight / stock.sample_weight;
  const LogisticObjective of_sample(sample_rows, prior, sample_c, stock.rms, options.workers,
                                    options.stop);

  Matrix<double> parameters = prior;
  if (start != nullptr) {
    parameters = parameters_of(start->weights.view(), start->bias, rows, stock.rms, "start");
  }
  LogisticCurvature curvature = guessed_curvature(objective, stock, options.workers);
  const bool by_blocks =
      rows.class_count * (rows.dims + 1) * (rows.dims + 2) / 2 <= kMostFactorElements;
  const bool few_of_class =
      stock.sample.stride > 1 && sample_rows.rows < kLeastSampleOfClass * rows.class_count;
  if (start == nullptr && few_of_class) {
    if (!by_blocks) {
      parameters = first_step(objective, of_sample, curvature, std::move(parameters));
    }
  } else if (start == nullptr) {
    int passes_over_sample = 0;
    parameters = descend(of_sample, curvature, evaluate(of_sample, std::move(parameters)),
                         options.tolerance, kSamplePasses, passes_over_sample)
                     .parameters;
  }
  LogisticFit fit;
  fit.rms = stock.rms;
  Point point = evaluate(objective, std::move(parameters));
  fit.iterations = 1;
  while (!point.converged && fit.iterations < options.max_iterations) {
    if (by_blocks) {
      curvature = curvature_at(of_sample, stock.sample, point.parameters.view(), options.workers);
    }
    const double before = point.objective;
    const int left = options.max_iterations - fit.iterations;
    point = descend(objective, curvature, std::move(point), options.tolerance,
                    std::min(left, kPassesACurvature), fit.iterations);
    if (before - point.objective <= options.tolerance * point.objective) break;
  }
  fit.classifier = to_classifier(point.parameters, stock.rms);
  fit.objective = point.objective;
  fit.converged = point.converged;
  return fit;
}

}  // namespace pomona
