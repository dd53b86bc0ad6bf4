// SPDX-License-Identifier: Apache-2.0
// Logits of a block are kept as class × row, so that softmax runs down the classes for many rows at
// once, in vector code without sums across a vector. Blocks are dealt to a fixed number of lanes
// that are added up in order: the result is the same for any number of workers, and memory does not
// grow with the rows.
#include "pomona/learn/logistic_objective.h"

#include <algorithm>
#include <cmath>
#include <utility>

#include "pomona/base/error.h"
#include "pomona/base/parallel.h"
#include "pomona/learn/linear_algebra.h"
#include "pomona/learn/simd.h"

namespace pomona {
namespace {

constexpr std::size_t kLanes = 16;
constexpr std::size_t kSoftmaxRows = 128;

// `count` columns, at most kSoftmaxRows, of a matrix of logits with a row a class: logits in,
// probabilities out, and the logarithm of the sum of a column's exponentials.
POMONA_VECTOR_CLONES
void softmax_columns(float* logits, std::size_t classes, std::size_t stride, std::size_t count,
                     float* log_sums) {
  float largest[kSoftmaxRows];
  float sums[kSoftmaxRows] = {};
  for (std::size_t i = 0; i < count; ++i) largest[i] = logits[i];
  for (std::size_t k = 1; k < classes; ++k) {
    const float* row = logits + k * stride;
    for (std::size_t i = 0; i < count; ++i) largest[i] = largest[i] < row[i] ? row[i] : largest[i];
  }
  for (std::size_t k = 0; k < classes; ++k) {
    float* row = logits + k * stride;
    for (std::size_t i = 0; i < count; ++i) {
      row[i] = exp_of_negative(row[i] - largest[i]);
      sums[i] += row[i];
    }
  }
  for (std::size_t i = 0; i < count; ++i) {
    log_sums[i] = largest[i] + std::log(sums[i]);
    sums[i] = 1.0F / sums[i];
  }
  for (std::size_t k = 0; k < classes; ++k) {
    float* row = logits + k * stride;
    for (std::size_t i = 0; i < count; ++i) row[i] *= sums[i];
  }
}

void weigh_columns(MatrixView<float> matrix, std::span<const float> weights) {
  for (std::size_t k = 0; k < matrix.rows(); ++k) {
    const std::span<float> row = matrix.row(k);
    for (std::size_t i = 0; i < row.size(); ++i) row[i] *= weights[i];
  }
}

}  // namespace

// In float32 and for the rows as read, the division by their RMS folded in.
struct LogisticObjective::Weights {
  Weights(MatrixView<const double> parameters, double rms)
      : weights(parameters.rows(), parameters.cols() - 1), bias(parameters.rows()) {
    for (std::size_t k = 0; k < weights.rows(); ++k) {
      for (std::size_t j = 0; j < weights.cols(); ++j) {
        weights(k, j) = static_cast<float>(parameters(k, j) / rms);
      }
      bias[k] = static_cast<float>(parameters(k, weights.cols()));
    }
  }

  Matrix<float> weights;
  std::vector<float> bias;
};

// One worker's: a block of rows, its logits and what comes of them.
struct LogisticObjective::Scratch {
  Scratch(std::size_t block_rows, std::size_t dims, std::size_t classes)
      : rows(block_rows, dims),
        labels(block_rows),
        logits(classes, block_rows),
        log_sums(block_rows),
        label_logits(block_rows),
        product(classes, dims) {}

  // Reads a block and makes `logits`, class × row, its probabilities.
  void read(const TrainingRows& from, std::size_t block, const Weights& weights);

  Matrix<float> rows;
  std::vector<std::int32_t> labels;
  Matrix<float> logits;
  std::vector<float> log_sums;
  std::vector<float> label_logits;
  Matrix<float> product;
  std::size_t count = 0;
};

void LogisticObjective::Scratch::read(const TrainingRows& from, std::size_t block,
                                      const Weights& weights) {
  count = std::min(from.block_rows, from.rows - block * from.block_rows);
  const MatrixView<float> block_rows = rows.view().rows_from(0, count);
  from.read(block, block_rows, std::span(labels).first(count));
  const MatrixView<float> part(logits.data(), from.class_count, count);
  multiply_by_transposed(weights.weights.view(), block_rows, part);
  for (std::size_t k = 0; k < from.class_count; ++k) {
    for (float& logit : part.row(k)) logit += weights.bias[k];
  }
  for (std::size_t i = 0; i < count; ++i) {
    label_logits[i] = part(static_cast<std::size_t>(labels[i]), i);
  }
  for (std::size_t first = 0; first < count; first += kSoftmaxRows) {
    softmax_columns(part.data() + first, from.class_count, count,
                    std::min(kSoftmaxRows, count - first), log_sums.data() + first);
  }
}

LogisticObjective::LogisticObjective(const TrainingRows& rows, const Matrix<double>& prior,
                                     double c, double rms, std::size_t workers,
                                     std::stop_token stop)
    : rows_(rows), prior_(prior), c_(c), rms_(rms), workers_(workers), stop_(std::move(stop)) {}

double LogisticObjective::add_block(std::size_t block, const Weights& weights, Scratch& scratch,
                                    MatrixView<double> gradient) const {
  if (stop_.stop_requested()) {
    throw Error(ErrorKind::kInterrupted, "fitting logistic regression: stopped as asked");
  }
  scratch.read(rows_, block, weights);
  const MatrixView<float> residuals(scratch.logits.data(), rows_.class_count, scratch.count);
  const std::size_t first = block * rows_.block_rows;
  double loss = 0;
  for (std::size_t i = 0; i < scratch.count; ++i) {
    loss += rows_.weight(first + i) * (static_cast<double>(scratch.log_sums[i]) -
                                       static_cast<double>(scratch.label_logits[i]));
    residuals(static_cast<std::size_t>(scratch.labels[i]), i) -= 1.0F;
  }
  if (!rows_.weights.empty()) {
    weigh_columns(residuals, rows_.weights.subspan(first, scratch.count));
  }
  multiply(residuals, scratch.rows.view().rows_from(0, scratch.count), scratch.product.view());
  for (std::size_t k = 0; k < rows_.class_count; ++k) {
    const std::span<const float> product = scratch.product.row(k);
    const std::span<double> sums = gradient.row(k);
    for (std::size_t j = 0; j < product.size(); ++j) sums[j] += static_cast<double>(product[j]);
    double bias_sum = 0;
    for (const float residual : residuals.row(k)) bias_sum += static_cast<double>(residual);
    sums[product.size()] += bias_sum;
  }
  return loss;
}

double LogisticObjective::evaluate(MatrixView<const double> parameters,
                                   MatrixView<double> gradient) const {
  const std::size_t dims = rows_.dims;
  const std::size_t classes = rows_.class_count;
  const Weights weights(parameters, rms_);
  const std::size_t lanes = std::min(kLanes, rows_.block_count());
  std::vector<double> losses(lanes);
  std::vector<Matrix<double>> gradients(lanes, Matrix<double>(classes, dims + 1));
  const std::size_t workers = std::clamp<std::size_t>(workers_, 1, lanes);
  std::vector<Scratch> scratch(workers, Scratch(rows_.block_rows, dims, classes));
  parallel_for(lanes, workers, [&](std::size_t lane, std::size_t worker) {
    for (std::size_t block = lane; block < rows_.block_count(); block += lanes) {
      losses[lane] += add_block(block, weights, scratch[worker], gradients[lane].view());
    }
  });

  double loss = 0;
  for (const double part : losses) loss += part;
  double penalty = 0;
  for (std::size_t k = 0; k < classes; ++k) {
    for (std::size_t j = 0; j <= dims; ++j) {
      double sum = 0;
      for (const Matrix<double>& part : gradients) sum += part(k, j);
      if (j == dims) {
        gradient(k, j) = c_ * sum;
      } else {
        const double distance = parameters(k, j) - prior_(k, j);
        gradient(k, j) = c_ * sum / rms_ + distance;
        penalty += distance * distance;
      }
    }
  }
  return c_ * loss + 0.5 * penalty;
}

Matrix<float> LogisticObjective::probabilities(MatrixView<const double> parameters) const {
  const Weights weights(parameters, rms_);
  Matrix<float> probabilities(rows_.class_count, rows_.rows);
  Scratch scratch(rows_.block_rows, rows_.dims, rows_.class_count);
  for (std::size_t block = 0; block < rows_.block_count(); ++block) {
    scratch.read(rows_, block, weights);
    const MatrixView<const float> part(scratch.logits.data(), rows_.class_count, scratch.count);
    for (std::size_t k = 0; k < rows_.class_count; ++k) {
      std::ranges::copy(part.row(k),
                        probabilities.row(k).subspan(block * rows_.block_rows).begin());
    }
  }
  return probabilities;
}

}  // namespace pomona
