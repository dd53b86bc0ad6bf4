// SPDX-License-Identifier: Apache-2.0
// One pass gives count n, sum s and Gram matrix G of x - c, where the shift c is the mean of the
// first block. Then mean = c + s / n and covariance = G / n - (s / n)(s / n)ᵀ. The subtraction
// cancels digits only as far as c is off in units of the standard deviation, so any c near the data
// will do, and a constant feature has a variance of exactly 0. To merge b into a, b is moved to the
// shift of a: with d = c_b - c_a, s_b' = s_b + n_b d and G_b' = G_b + s_b dᵀ + d s_bᵀ + n_b d dᵀ
// (Chan, Golub and LeVeque 1983, "Algorithms for computing the sample variance").
#include "pomona/learn/moments.h"

#include <algorithm>
#include <cmath>
#include <utility>

#include "pomona/base/error.h"
#include "pomona/learn/linear_algebra.h"

namespace pomona {
namespace {

void check_finite(MatrixView<const float> rows) {
  for (std::size_t row = 0; row < rows.rows(); ++row) {
    // A sum of products with 0 is not a number exactly when an element is infinite or none: one
    // test a row that the compiler turns into vector code.
    float probe[16] = {};
    const std::span<const float> elements = rows.row(row);
    std::size_t col = 0;
    for (; col + 16 <= elements.size(); col += 16) {
      for (std::size_t lane = 0; lane < 16; ++lane) probe[lane] += elements[col + lane] * 0.0F;
    }
    bool finite = std::ranges::all_of(probe, [](float value) { return value == 0.0F; });
    for (; col < elements.size(); ++col) finite = finite && std::isfinite(elements[col]);
    if (finite) continue;
    const auto bad =
        std::ranges::find_if_not(elements, [](float value) { return std::isfinite(value); });
    throw Error(ErrorKind::kInvalidInput, "adding " + std::to_string(rows.rows()) +
                                              " rows to moments: dimension " +
                                              std::to_string(bad - elements.begin()) + " of row " +
                                              std::to_string(row) + " is " + std::to_string(*bad) +
                                              ", expected a finite number; leave out or "
                                              "repair such rows first");
  }
}

void check_labels(std::size_t rows, std::span<const std::int32_t> labels, std::size_t class_count) {
  if (class_count == 0) return;
  if (labels.size() != rows) {
    throw Error(ErrorKind::kInvalidInput,
                "adding " + std::to_string(rows) +
                    " rows to moments: expected a label for each, found " +
                    std::to_string(labels.size()));
  }
  for (const std::int32_t label : labels) {
    if (label >= -1 && label < static_cast<std::int64_t>(class_count)) continue;
    throw Error(ErrorKind::kInvalidInput, "adding rows to moments: expected labels from -1 to " +
                                              std::to_string(class_count - 1) + ", found " +
                                              std::to_string(label));
  }
}

}  // namespace

Moments::Moments(std::size_t dims, std::size_t class_count)
    : dims_(dims),
      shift_(dims),
      sums_(dims),
      gram_(dims, dims),
      class_counts_(class_count),
      class_sums_(class_count, dims) {
  if (dims == 0) {
    throw Error(ErrorKind::kInvalidInput,
                "moments of rows: expected at least 1 dimension, found 0");
  }
}

void Moments::add(MatrixView<const float> rows, std::span<const std::int32_t> labels) {
  if (rows.rows() == 0) return;
  if (rows.cols() != dims_) {
    throw Error(ErrorKind::kInvalidInput, "adding rows to moments: expected " +
                                              std::to_string(dims_) + " dimensions, found " +
                                              std::to_string(rows.cols()));
  }
  check_finite(rows);
  check_labels(rows.rows(), labels, class_count());
  for (std::size_t first = 0; first < rows.rows(); first += kMomentsBlockRows) {
    const std::size_t count = std::min(kMomentsBlockRows, rows.rows() - first);
    add_block(rows.rows_from(first, count),
              class_count() == 0 ? labels.first(0) : labels.subspan(first, count));
  }
}

void Moments::add_block(MatrixView<const float> rows, std::span<const std::int32_t> labels) {
  if (rows_ == 0) {
    for (std::size_t i = 0; i < rows.rows(); ++i) {
      for (std::size_t j = 0; j < dims_; ++j) shift_[j] += static_cast<double>(rows(i, j));
    }
    for (double& value : shift_) value /= static_cast<double>(rows.rows());
  }
  if (centred_.rows() < rows.rows()) centred_ = Matrix<double>(rows.rows(), dims_);
  const MatrixView<double> centred = centred_.view().rows_from(0, rows.rows());
  for (std::size_t i = 0; i < rows.rows(); ++i) {
    const std::span<const float> from = rows.row(i);
    const std::span<double> to = centred.row(i);
    for (std::size_t j = 0; j < dims_; ++j) {
      to[j] = static_cast<double>(from[j]) - shift_[j];
      sums_[j] += to[j];
    }
  }
  add_gram(centred, gram_.view());
  for (std::size_t i = 0; i < labels.size(); ++i) {
    if (labels[i] < 0) continue;
    const auto label = static_cast<std::size_t>(labels[i]);
    ++class_counts_[label];
    const std::span<double> sums = class_sums_.row(label);
    for (std::size_t j = 0; j < dims_; ++j) sums[j] += centred(i, j);
  }
  rows_ += rows.rows();
}

void Moments::merge(const Moments& other) {
  if (other.dims() != dims() || other.class_count() != class_count()) {
    throw Error(ErrorKind::kInvalidInput, "merging moments: expected " + std::to_string(dims()) +
                                              " dimensions and " + std::to_string(class_count()) +
                                              " classes, found " + std::to_string(other.dims()) +
                                              " and " + std::to_string(other.class_count()));
  }
  if (other.rows_ == 0) return;
  if (rows_ == 0) {
    *this = other;
    return;
  }
  const auto other_rows = static_cast<double>(other.rows_);
  std::vector<double> move(dims_);
  for (std::size_t j = 0; j < dims_; ++j) move[j] = other.shift_[j] - shift_[j];
  for (std::size_t i = 0; i < dims_; ++i) {
    for (std::size_t j = i; j < dims_; ++j) {
      gram_(i, j) += other.gram_(i, j) + other.sums_[i] * move[j] + move[i] * other.sums_[j] +
                     other_rows * move[i] * move[j];
    }
  }
  for (std::size_t j = 0; j < dims_; ++j) sums_[j] += other.sums_[j] + other_rows * move[j];
  for (std::size_t label = 0; label < class_count(); ++label) {
    const auto count = static_cast<double>(other.class_counts_[label]);
    for (std::size_t j = 0; j < dims_; ++j) {
      class_sums_(label, j) += other.class_sums_(label, j) + count * move[j];
    }
    class_counts_[label] += other.class_counts_[label];
  }
  rows_ += other.rows_;
}

std::vector<double> Moments::mean() const {
  std::vector<double> mean(dims_);
  if (rows_ == 0) return mean;
  for (std::size_t j = 0; j < dims_; ++j) {
    mean[j] = shift_[j] + sums_[j] / static_cast<double>(rows_);
  }
  return mean;
}

Matrix<double> Moments::covariance() const {
  Matrix<double> covariance(dims_, dims_);
  if (rows_ == 0) return covariance;
  const auto n = static_cast<double>(rows_);
  for (std::size_t i = 0; i < dims_; ++i) {
    for (std::size_t j = i; j < dims_; ++j) {
      covariance(i, j) = gram_(i, j) / n - (sums_[i] / n) * (sums_[j] / n);
    }
    covariance(i, i) = std::max(0.0, covariance(i, i));
    for (std::size_t j = 0; j < i; ++j) covariance(i, j) = covariance(j, i);
  }
  return covariance;
}

std::vector<double> Moments::variance() const {
  std::vector<double> variance(dims_);
  if (rows_ == 0) return variance;
  const auto n = static_cast<double>(rows_);
  for (std::size_t j = 0; j < dims_; ++j) {
    variance[j] = std::max(0.0, gram_(j, j) / n - (sums_[j] / n) * (sums_[j] / n));
  }
  return variance;
}

Moments Moments::with_classes(std::span<const std::size_t> kept) const {
  Moments result = *this;
  result.class_counts_.assign(kept.size(), 0);
  result.class_sums_ = Matrix<double>(kept.size(), dims_);
  for (std::size_t k = 0; k < kept.size(); ++k) {
    if (kept[k] >= class_count()) {
      throw Error(ErrorKind::kInvalidInput,
                  "numbering classes of moments anew: there is no class " +
                      std::to_string(kept[k]) + " of " + std::to_string(class_count()));
    }
    result.class_counts_[k] = class_counts_[kept[k]];
    std::ranges::copy(class_sums_.row(kept[k]), result.class_sums_.row(k).begin());
  }
  return result;
}

Matrix<double> Moments::class_means() const {
  Matrix<double> means(class_count(), dims_);
  for (std::size_t label = 0; label < class_count(); ++label) {
    if (class_counts_[label] == 0) continue;
    const auto count = static_cast<double>(class_counts_[label]);
    for (std::size_t j = 0; j < dims_; ++j) {
      means(label, j) = shift_[j] + class_sums_(label, j) / count;
    }
  }
  return means;
}

}  // namespace pomona
