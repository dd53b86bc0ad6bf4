// SPDX-License-Identifier: Apache-2.0
#include "pomona/learn/novelty_fit.h"

#include <algorithm>
#include <cmath>
#include <string>

#include "pomona/base/error.h"
#include "pomona/learn/linear_algebra.h"

namespace pomona {
namespace {

double weight_of(const TrainingRows& rows, std::size_t row) {
  return rows.weights.empty() ? 1 : static_cast<double>(rows.weights[row]);
}

// visit(first row, rows, labels) block by block.
template <class Visit>
void for_each_block(const TrainingRows& rows, const std::stop_token& stop, const Visit& visit) {
  Matrix<float> values(rows.block_rows, rows.dims);
  std::vector<std::int32_t> labels(rows.block_rows);
  for (std::size_t block = 0; block < rows.block_count(); ++block) {
    if (stop.stop_requested()) {
      throw Error(ErrorKind::kInterrupted, "learning what is usual: stopped as asked");
    }
    const std::size_t first = block * rows.block_rows;
    const std::size_t count = std::min(rows.block_rows, rows.rows - first);
    const MatrixView<float> part = values.view().rows_from(0, count);
    rows.read(block, part, std::span(labels).first(count));
    visit(first, MatrixView<const float>(part), std::span<const std::int32_t>(labels).first(count));
  }
}

Matrix<double> class_means(const TrainingRows& rows, const std::stop_token& stop) {
  Matrix<double> means(rows.class_count, rows.dims);
  std::vector<double> weights(rows.class_count);
  for_each_block(rows, stop, [&](std::size_t first, auto values, auto labels) {
    for (std::size_t i = 0; i < labels.size(); ++i) {
      const auto label = static_cast<std::size_t>(labels[i]);
      const double weight = weight_of(rows, first + i);
      weights[label] += weight;
      for (std::size_t j = 0; j < rows.dims; ++j) {
        means(label, j) += weight * static_cast<double>(values(i, j));
      }
    }
  });
  for (std::size_t k = 0; k < rows.class_count; ++k) {
    if (weights[k] == 0) {
      throw Error(ErrorKind::kInvalidInput, "learning what is usual: class " + std::to_string(k) +
                                                " of " + std::to_string(rows.class_count) +
                                                " has no rows");
    }
    for (double& mean : means.row(k)) mean /= weights[k];
  }
  return means;
}

// Upper triangle; shrunk.
Matrix<double> spread_about(const Matrix<double>& means, const TrainingRows& rows, double shrinkage,
                            const std::stop_token& stop) {
  Matrix<double> spread(rows.dims, rows.dims);
  double total = 0;
  for_each_block(rows, stop, [&](std::size_t first, auto values, auto labels) {
    Matrix<double> residuals(labels.size(), rows.dims);
    for (std::size_t i = 0; i < labels.size(); ++i) {
      const double weight = weight_of(rows, first + i);
      total += weight;
      const auto label = static_cast<std::size_t>(labels[i]);
      for (std::size_t j = 0; j < rows.dims; ++j) {
        residuals(i, j) = std::sqrt(weight) * (static_cast<double>(values(i, j)) - means(label, j));
      }
    }
    add_gram(residuals.view(), spread.view());
  });
  double mean_variance = 0;
  for (std::size_t j = 0; j < rows.dims; ++j) {
    mean_variance += spread(j, j) / total / static_cast<double>(rows.dims);
  }
  if (mean_variance == 0) mean_variance = 1;  // every row lies on its centre
  for (std::size_t i = 0; i < rows.dims; ++i) {
    for (std::size_t j = i; j < rows.dims; ++j) spread(i, j) *= (1 - shrinkage) / total;
    spread(i, i) += shrinkage * mean_variance;
  }
  return spread;
}

}  // namespace

Novelty fit_novelty(const TrainingRows& rows, double shrinkage, const std::stop_token& stop) {
  if (!(shrinkage > 0 && shrinkage <= 1)) {
    throw Error(ErrorKind::kInvalidInput,
                "learning what is usual: expected a shrinkage above 0 "
                "and at most 1, found " +
                    std::to_string(shrinkage));
  }
  Novelty novelty;
  novelty.centres = class_means(rows, stop);
  Matrix<double> spread = spread_about(novelty.centres, rows, shrinkage, stop);
  // Of a spread UᵀU, U⁻ᵀ makes it round.
  const CholeskyFactor factor(spread.view());
  novelty.whitening = Matrix<double>(rows.dims, rows.dims);
  std::vector<double> column(rows.dims);
  for (std::size_t j = 0; j < rows.dims; ++j) {
    std::ranges::fill(column, 0.0);
    column[j] = 1;
    factor.solve_transposed(column);
    for (std::size_t i = 0; i < rows.dims; ++i) novelty.whitening(i, j) = column[i];
  }
  for (std::size_t k = 0; k < rows.class_count; ++k) {
    factor.solve_transposed(novelty.centres.row(k));
  }
  return novelty;
}

}  // namespace pomona
