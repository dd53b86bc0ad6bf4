// SPDX-License-Identifier: Apache-2.0
#include "pomona/learn/linear_algebra.h"

#include <gtest/gtest.h>

#include <atomic>
#include <cmath>

#include "pomona/base/parallel.h"
#include "pomona/base/random.h"

namespace pomona {
namespace {

template <class T>
Matrix<T> small_integers(std::size_t rows, std::size_t cols, std::uint64_t seed) {
  Random random(seed);
  Matrix<T> matrix(rows, cols);
  for (T& value : std::span(matrix.data(), matrix.size())) {
    value = static_cast<T>(random.below(13));
  }
  return matrix;
}

Matrix<double> positive_definite(std::size_t size) {
  const Matrix<double> rows = small_integers<double>(3 * size, size, 5);
  Matrix<double> gram(size, size);
  add_gram(rows.view(), gram.view());
  for (std::size_t i = 0; i < size; ++i) {
    for (std::size_t j = 0; j < i; ++j) gram(i, j) = gram(j, i);
  }
  return gram;
}

// A BLAS without locks hands the same buffer to two threads now and then; about one product in four
// hundred came out wrong.
TEST(LinearAlgebraTest, ThreadsMayMultiplyAtTheSameTime) {
  const Matrix<float> a = small_integers<float>(40, 40, 1);
  const Matrix<float> b = small_integers<float>(40, 40, 2);
  Matrix<float> expected(40, 40);
  for (std::size_t i = 0; i < 40; ++i) {
    for (std::size_t j = 0; j < 40; ++j) {
      for (std::size_t k = 0; k < 40; ++k) expected(i, j) += a(i, k) * b(j, k);
    }
  }
  std::atomic<int> wrong = 0;
  parallel_for(8000, 4, [&](std::size_t, std::size_t) {
    Matrix<float> product(40, 40);
    multiply_by_transposed(a.view(), b.view(), product.view());
    if (!(product == expected)) ++wrong;
  });
  EXPECT_EQ(wrong, 0);
}

TEST(LinearAlgebraTest, EigenvectorsSolveTheirEquation) {
  const Matrix<double> matrix = positive_definite(30);
  const SymmetricEigen eigen(matrix);
  const Matrix<double> vectors = eigen.vectors(7);
  double trace = 0;
  double sum = 0;
  for (std::size_t i = 0; i < 30; ++i) {
    trace += matrix(i, i);
    sum += eigen.values()[i];
    EXPECT_LE(eigen.values()[i], eigen.values()[i == 0 ? 0 : i - 1]);
  }
  EXPECT_NEAR(sum, trace, 1e-10 * trace);
  for (std::size_t v = 0; v < 7; ++v) {
    for (std::size_t i = 0; i < 30; ++i) {
      double product = 0;
      for (std::size_t j = 0; j < 30; ++j) product += matrix(i, j) * vectors(v, j);
      EXPECT_NEAR(product, eigen.values()[v] * vectors(v, i), 1e-11 * eigen.values()[0]);
    }
  }
}

TEST(LinearAlgebraTest, SolvesOrSaysThatItCannot) {
  const Matrix<double> matrix = positive_definite(6);
  Matrix<double> a = matrix;
  Matrix<double> b(1, 6);
  b(0, 2) = 1;
  ASSERT_TRUE(solve_positive_definite(a.view(), b.view()));
  for (std::size_t i = 0; i < 6; ++i) {
    double product = 0;
    for (std::size_t j = 0; j < 6; ++j) product += matrix(i, j) * b(0, j);
    EXPECT_NEAR(product, i == 2 ? 1 : 0, 1e-12);
  }
  Matrix<double> zeros(6, 6);
  EXPECT_FALSE(solve_positive_definite(zeros.view(), b.view()));
}

TEST(LinearAlgebraTest, CholeskyFactorUndoesItself) {
  const Matrix<double> matrix = positive_definite(5);
  Matrix<double> a = matrix;
  const CholeskyFactor factor(a.view());
  std::vector<double> x = {1, 2, 3, 4, 5};
  factor.multiply(x);
  // ‖U x‖² = xᵀ UᵀU x.
  double squares = 0;
  double form = 0;
  for (std::size_t i = 0; i < 5; ++i) {
    squares += x[i] * x[i];
    for (std::size_t j = 0; j < 5; ++j) {
      form += static_cast<double>((i + 1) * (j + 1)) * matrix(i, j);
    }
  }
  EXPECT_NEAR(squares, form, 1e-10 * form);
  factor.solve(x);
  for (std::size_t i = 0; i < 5; ++i) EXPECT_NEAR(x[i], static_cast<double>(i + 1), 1e-12);
  // U⁻ᵀ then U⁻¹ is the inverse of the matrix.
  std::vector<double> unit = {1, 0, 0, 0, 0};
  factor.solve_transposed(unit);
  factor.solve(unit);
  double first = 0;
  for (std::size_t j = 0; j < 5; ++j) first += matrix(0, j) * unit[j];
  EXPECT_NEAR(first, 1, 1e-12);
}

}  // namespace
}  // namespace pomona
