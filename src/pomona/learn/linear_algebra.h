// SPDX-License-Identifier: Apache-2.0
// Products and factorisations by OpenBLAS and LAPACK, for the sources of this module alone. Any
// thread may call, at the same time as others; a call runs on no thread but its own. Shapes are
// asserted: who calls has checked them.
#pragma once

#include <cstddef>
#include <span>
#include <vector>

#include "pomona/base/matrix.h"

namespace pomona {

// out = a · bᵀ: (m × k) · (n × k)ᵀ → m × n.
void multiply_by_transposed(MatrixView<const float> a, MatrixView<const float> b,
                            MatrixView<float> out);

// out = a · b: (m × k) · (k × n) → m × n.
void multiply(MatrixView<const float> a, MatrixView<const float> b, MatrixView<float> out);

// Upper triangle of gram += rowsᵀ · rows; what lies below the diagonal is left alone.
void add_gram(MatrixView<const double> rows, MatrixView<double> gram);

// Solves a · x = b for a symmetric positive definite `a` (n × n, overwritten) in place of `b`,
// whose rows are right-hand sides (count × n). False when `a` is not positive definite to working
// precision; `b` is then unchanged.
bool solve_positive_definite(MatrixView<double> a, MatrixView<double> b);

// The factor U of a symmetric positive definite matrix UᵀU, and what it does to a vector, in place.
class CholeskyFactor {
 public:
  // Uses the upper triangle of `a`, overwrites it. Throws internal when `a` is not positive
  // definite.
  explicit CholeskyFactor(MatrixView<double> a);

  void multiply(std::span<double> x) const;          // x ← U x
  void solve(std::span<double> x) const;             // x ← U⁻¹ x
  void solve_transposed(std::span<double> x) const;  // x ← U⁻ᵀ x

 private:
  std::size_t size_;
  std::vector<double> packed_;  // upper triangle row by row
};

// Eigenvalues and chosen eigenvectors of a symmetric matrix, by way of its tridiagonal form: all
// values are cheap, so how many vectors are wanted can depend on them.
class SymmetricEigen {
 public:
  // Uses the upper triangle of `symmetric`, n × n. Throws internal when LAPACK fails.
  explicit SymmetricEigen(Matrix<double> symmetric);

  // All of them, largest first.
  std::span<const double> values() const { return values_; }
  // Of the `count` largest values: count × n, orthonormal rows.
  Matrix<double> vectors(std::size_t count) const;

 private:
  Matrix<double> reflectors_;
  std::vector<double> diagonal_;
  std::vector<double> off_diagonal_;
  std::vector<double> reflector_scales_;
  std::vector<double> values_;
};

}  // namespace pomona
