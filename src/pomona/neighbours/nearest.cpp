// SPDX-License-Identifier: Apache-2.0
// ‖q - r‖² = ‖q‖² - 2 q·r + ‖r‖²; the first term is the same for all references of a query, so a
// product of blocks and the norms of the references nearly decide. Nearly: the product is float32.
// So it only picks the references that could be nearest within its rounding error, and those few
// are measured in float64, in their order. The error grows with the norms; taking off the mean of
// the references first keeps it, and with it the number of candidates, small.
#include "pomona/neighbours/nearest.h"

#include <algorithm>
#include <cmath>
#include <limits>
#include <string>

#include "pomona/base/error.h"
#include "pomona/base/parallel.h"
#include "pomona/learn/linear_algebra.h"

namespace pomona {
namespace {

constexpr std::size_t kQueryRows = 128;
constexpr std::size_t kReferenceRows = 1024;

void check_finite(MatrixView<const float> rows, const char* what) {
  for (std::size_t i = 0; i < rows.rows(); ++i) {
    // Beyond this a float32 product of two rows could overflow.
    if (std::ranges::all_of(rows.row(i), [](float value) { return std::abs(value) < 1e15F; })) {
      continue;
    }
    throw Error(ErrorKind::kInvalidInput, "finding nearest rows: " + std::string(what) + " row " +
                                              std::to_string(i) +
                                              " has a value that is not finite, or too large");
  }
}

std::vector<float> mean_of(MatrixView<const float> rows) {
  std::vector<double> sums(rows.cols());
  for (std::size_t i = 0; i < rows.rows(); ++i) {
    for (std::size_t j = 0; j < rows.cols(); ++j) sums[j] += static_cast<double>(rows(i, j));
  }
  std::vector<float> mean;
  for (const double sum : sums)
    mean.push_back(static_cast<float>(sum / static_cast<double>(rows.rows())));
  return mean;
}

// Fills the first rows of `scratch`.
MatrixView<const float> centre(MatrixView<const float> rows, std::span<const float> mean,
                               Matrix<float>& scratch) {
  for (std::size_t i = 0; i < rows.rows(); ++i) {
    const std::span<const float> from = rows.row(i);
    const std::span<float> to = scratch.row(i);
    for (std::size_t j = 0; j < from.size(); ++j) to[j] = from[j] - mean[j];
  }
  return scratch.view().rows_from(0, rows.rows());
}

double squared_norm(std::span<const float> row) {
  double sum = 0;
  for (const float value : row) sum += static_cast<double>(value) * static_cast<double>(value);
  return sum;
}

double squared_distance(std::span<const float> a, std::span<const float> b) {
  double sum = 0;
  for (std::size_t i = 0; i < a.size(); ++i) {
    const double difference = static_cast<double>(a[i]) - static_cast<double>(b[i]);
    sum += difference * difference;
  }
  return sum;
}

class Search {
 public:
  explicit Search(MatrixView<const float> references)
      : references_(references), mean_(mean_of(references)) {
    Matrix<float> one(1, references.cols());
    for (std::size_t i = 0; i < references.rows(); ++i) {
      const double norm = squared_norm(centre(references.rows_from(i, 1), mean_, one).row(0));
      largest_norm_ = std::max(largest_norm_, norm);
      norms_.push_back(static_cast<float>(norm));
    }
  }

  void find(MatrixView<const float> queries, std::span<std::size_t> nearest) const {
    Matrix<float> query_scratch(queries.rows(), queries.cols());
    const MatrixView<const float> centred = centre(queries, mean_, query_scratch);
    std::vector<double> errors;
    for (std::size_t i = 0; i < queries.rows(); ++i) {
      errors.push_back(largest_error(squared_norm(centred.row(i))));
    }
    std::vector<float> lowest(queries.rows(), std::numeric_limits<float>::infinity());
    std::vector<double> best(queries.rows(), std::numeric_limits<double>::infinity());
    Matrix<float> reference_scratch(kReferenceRows, queries.cols());
    Matrix<float> estimate_scratch(queries.rows(), kReferenceRows);
    for (std::size_t first = 0; first < references_.rows(); first += kReferenceRows) {
      const std::size_t count = std::min(kReferenceRows, references_.rows() - first);
      const MatrixView<float> estimates(estimate_scratch.data(), queries.rows(), count);
      multiply_by_transposed(centred,
                             centre(references_.rows_from(first, count), mean_, reference_scratch),
                             estimates);
      for (std::size_t i = 0; i < queries.rows(); ++i) {
        const std::span<float> row = estimates.row(i);
        for (std::size_t j = 0; j < count; ++j) row[j] = norms_[first + j] - 2 * row[j];
        lowest[i] = std::min(lowest[i], *std::ranges::min_element(row));
        const auto limit = static_cast<float>(static_cast<double>(lowest[i]) + 2 * errors[i]);
        for (std::size_t j = 0; j < count; ++j) {
          if (row[j] > limit) continue;
          const double distance = squared_distance(queries.row(i), references_.row(first + j));
          if (distance < best[i]) {
            best[i] = distance;
            nearest[i] = first + j;
          }
        }
      }
    }
  }

 private:
  // Of an estimate: n roundings of a sum of n products, in whatever order, and those of centring.
  double largest_error(double query_norm) const {
    const auto n = static_cast<double>(references_.cols());
    const double both = std::sqrt(query_norm) + std::sqrt(largest_norm_);
    return 0x1p-24 * (2 * n * std::sqrt(query_norm * largest_norm_) + 16 * both * both);
  }

  MatrixView<const float> references_;
  std::vector<float> mean_;
  std::vector<float> norms_;
  double largest_norm_ = 0;
};

}  // namespace

std::vector<std::size_t> nearest_rows(MatrixView<const float> references,
                                      MatrixView<const float> queries, std::size_t workers) {
  std::vector<std::size_t> nearest(queries.rows());
  if (queries.rows() == 0) return nearest;
  if (references.rows() == 0 || references.cols() != queries.cols() || queries.cols() == 0) {
    throw Error(ErrorKind::kInvalidInput,
                "finding the nearest of " + std::to_string(references.rows()) + " rows with " +
                    std::to_string(references.cols()) + " dimensions: the queries have " +
                    std::to_string(queries.cols()) +
                    "; expected at least 1 row, and as many dimensions");
  }
  check_finite(references, "reference");
  check_finite(queries, "query");
  const Search search(references);
  const std::size_t blocks = (queries.rows() + kQueryRows - 1) / kQueryRows;
  parallel_for(blocks, workers, [&](std::size_t block, std::size_t /*worker*/) {
    const std::size_t first = block * kQueryRows;
    const std::size_t count = std::min(kQueryRows, queries.rows() - first);
    search.find(queries.rows_from(first, count), std::span(nearest).subspan(first, count));
  });
  return nearest;
}

}  // namespace pomona
