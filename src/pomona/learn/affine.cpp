// SPDX-License-Identifier: Apache-2.0
// Products go through blocks of one height, the last one filled up with rows of zeros. A BLAS has
// kernels for full tiles and others for the rows that remain, which may round differently; at one
// height, a multiple of every tile there is, only the kernels for full tiles see rows.
#include "pomona/learn/affine.h"

#include <algorithm>
#include <string>

#include "pomona/base/error.h"
#include "pomona/learn/linear_algebra.h"

namespace pomona {
namespace {

constexpr std::size_t kBlockRows = 192;

std::string shape(std::size_t rows, std::size_t cols) {
  return std::to_string(rows) + " × " + std::to_string(cols);
}

template <class T>
void apply(const char* what, const Matrix<double>& weights, std::span<const double> offset,
           MatrixView<const float> rows, MatrixView<T> out) {
  const std::size_t outputs = weights.rows();
  if (rows.rows() == 0) return;
  if (rows.cols() != weights.cols() || offset.size() != outputs || out.rows() != rows.rows() ||
      out.cols() != outputs) {
    throw Error(ErrorKind::kInvalidInput,
                std::string(what) + ": weights of " + shape(outputs, weights.cols()) +
                    " and an offset of " + std::to_string(offset.size()) + " do not fit rows of " +
                    shape(rows.rows(), rows.cols()) + " and a result of " +
                    shape(out.rows(), out.cols()));
  }
  Matrix<double> block(kBlockRows, weights.cols());
  Matrix<double> product(kBlockRows, outputs);
  for (std::size_t first = 0; first < rows.rows(); first += kBlockRows) {
    const std::size_t count = std::min(kBlockRows, rows.rows() - first);
    const MatrixView<const float> source = rows.rows_from(first, count);
    std::copy_n(source.data(), source.size(), block.data());
    std::fill(block.data() + source.size(), block.data() + block.size(), 0.0);
    if (!weights.empty()) multiply_by_transposed(block.view(), weights.view(), product.view());
    for (std::size_t i = 0; i < count; ++i) {
      for (std::size_t j = 0; j < outputs; ++j) {
        out(first + i, j) = static_cast<T>(product(i, j) + offset[j]);
      }
    }
  }
}

}  // namespace

void apply_affine(const char* what, const Matrix<double>& weights, std::span<const double> offset,
                  MatrixView<const float> rows, MatrixView<float> out) {
  apply(what, weights, offset, rows, out);
}

void apply_affine(const char* what, const Matrix<double>& weights, std::span<const double> offset,
                  MatrixView<const float> rows, MatrixView<double> out) {
  apply(what, weights, offset, rows, out);
}

}  // namespace pomona
