// SPDX-License-Identifier: Apache-2.0
// ‖q - r‖² = ‖q‖² - 2 q·r + ‖r‖²; the first term is the same for all references of a query, so a
// product of blocks and the norms of the references nearly decide. Nearly: the product is float32.
// So it only picks the references that could be nearest within its rounding error, and those few
// are measured in float64, in their order.
#include "pomona/learn/nearest.h"

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

std::vector<double> squared_norms(MatrixView<const float> rows, const char* what) {
  std::vector<double> norms(rows.rows());
  for (std::size_t i = 0; i < norms.size(); ++i) {
    for (const float value : rows.row(i)) {
      norms[i] += static_cast<double>(value) * static_cast<double>(value);
    }
    // Beyond this a float32 product of two rows could overflow.
    if (!(norms[i] < 1e37)) {
      throw Error(ErrorKind::kInvalidInput, "finding nearest rows: " + std::string(what) + " row " +
                                                std::to_string(i) +
                                                " has a value that is not finite, or too large");
    }
  }
  return norms;
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
  explicit Search(MatrixView<const float> references) : references_(references) {
    const std::vector<double> norms = squared_norms(references, "reference");
    largest_norm_ = *std::ranges::max_element(norms);
    for (const double norm : norms) norms_.push_back(static_cast<float>(norm));
  }

  void find(MatrixView<const float> queries, std::span<const double> query_norms,
            std::span<std::size_t> nearest) const {
    std::vector<float> lowest(queries.rows(), std::numeric_limits<float>::infinity());
    std::vector<double> best(queries.rows(), std::numeric_limits<double>::infinity());
    Matrix<float> scratch(queries.rows(), kReferenceRows);
    for (std::size_t first = 0; first < references_.rows(); first += kReferenceRows) {
      const std::size_t count = std::min(kReferenceRows, references_.rows() - first);
      const MatrixView<float> estimates(scratch.data(), queries.rows(), count);
      multiply_by_transposed(queries, references_.rows_from(first, count), estimates);
      for (std::size_t i = 0; i < queries.rows(); ++i) {
        const std::span<float> row = estimates.row(i);
        for (std::size_t j = 0; j < count; ++j) row[j] = norms_[first + j] - 2 * row[j];
        lowest[i] = std::min(lowest[i], *std::ranges::min_element(row));
        const auto limit =
            static_cast<float>(static_cast<double>(lowest[i]) + 2 * largest_error(query_norms[i]));
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
  // Of an estimate: n roundings of a sum of n products, in whatever order, and a few more.
  double largest_error(double query_norm) const {
    const double roundings = static_cast<double>(references_.cols()) + 8;
    return 0x1p-24 * roundings * (2 * std::sqrt(query_norm * largest_norm_) + largest_norm_);
  }

  MatrixView<const float> references_;
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
  const Search search(references);
  const std::vector<double> query_norms = squared_norms(queries, "query");
  const std::size_t blocks = (queries.rows() + kQueryRows - 1) / kQueryRows;
  parallel_for(blocks, workers, [&](std::size_t block, std::size_t /*worker*/) {
    const std::size_t first = block * kQueryRows;
    const std::size_t count = std::min(kQueryRows, queries.rows() - first);
    search.find(queries.rows_from(first, count), std::span(query_norms).subspan(first, count),
                std::span(nearest).subspan(first, count));
  });
  return nearest;
}

}  // namespace pomona
