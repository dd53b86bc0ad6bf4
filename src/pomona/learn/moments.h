// SPDX-License-Identifier: Apache-2.0
// Counts, sums and the Gram matrix of a set of rows: all that the scaler, the PCA and a closed-form
// linear classifier need, gathered in one pass. Partial moments of parts of the rows can be merged,
// on threads of one machine or on partitions of a cluster.
//
// Everything is float64: float32 blocks put PCA components off by 1e-4 and save nothing. The result
// depends on the order of rows and on where blocks are cut, so callers who promise the same bits
// add blocks of kMomentsBlockRows rows in the order of the table.
#pragma once

#include <cstddef>
#include <cstdint>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "pomona/base/matrix.h"

namespace pomona {

inline constexpr std::size_t kMomentsBlockRows = 512;

// Not for use from two threads at once; each thread has its own, merged in a fixed order.
class Moments {
 public:
  // dims at least 1. class_count may be 0; labels are then ignored.
  Moments(std::size_t dims, std::size_t class_count);

  // labels[i] in [0, class_count), or -1 for a row without a class (it counts for mean and Gram).
  // rows: any number × dims; labels may be empty when class_count is 0. Throws invalid_input, and
  // counts none of the rows, on a value that is not finite or a label out of range.
  void add(MatrixView<const float> rows, std::span<const std::int32_t> labels);
  // Adds what the other one saw. Throws invalid_input unless dims and class_count agree.
  void merge(const Moments& other);

  std::size_t dims() const { return dims_; }
  std::size_t class_count() const { return class_counts_.size(); }
  std::uint64_t rows() const { return rows_; }

  std::vector<double> mean() const;  // dims
  // Population covariance (divided by rows), dims × dims, symmetric; variance() is its diagonal.
  // Both 0 without rows.
  Matrix<double> covariance() const;
  std::vector<double> variance() const;
  std::span<const std::uint64_t> class_rows() const { return class_counts_; }
  Matrix<double> class_means() const;  // class_count × dims, 0 where a class is empty

  // The same rows with their classes numbered anew: what was class kept[k] becomes class k. Rows of
  // a class that is left out stay, without a class. Throws invalid_input when kept names a class
  // that is not there.
  Moments with_classes(std::span<const std::size_t> kept) const;

  // A versioned byte form with a digest; from_bytes throws corrupt on anything else.
  std::string to_bytes() const;
  static Moments from_bytes(std::string_view bytes);

 private:
  void add_block(MatrixView<const float> rows, std::span<const std::int32_t> labels);

  std::size_t dims_;
  std::uint64_t rows_ = 0;
  // Sums are taken about a shift (the mean of the first block), which keeps the covariance exact
  // when means are large against deviations.
  std::vector<double> shift_;
  std::vector<double> sums_;
  Matrix<double> gram_;  // upper triangle
  std::vector<std::uint64_t> class_counts_;
  Matrix<double> class_sums_;  // about the shift as well
  Matrix<double> centred_;     // kept between calls: allocating it anew costs 4 % of add()
};

}  // namespace pomona
