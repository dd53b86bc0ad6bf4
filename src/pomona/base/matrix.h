// SPDX-License-Identifier: Apache-2.0
// Row-major matrices. The whole library keeps data as rows × dims: a row is a photograph, a class
// or a component, its elements lie next to each other. Values: one thread at a time writes, any
// number read.
#pragma once

#include <cassert>
#include <cstddef>
#include <span>
#include <type_traits>
#include <vector>

namespace pomona {

// A view does not own its elements and is as cheap to copy as a pointer. Rows follow each other
// without gaps.
template <class T>
class MatrixView {
 public:
  MatrixView() = default;
  MatrixView(T* data, std::size_t rows, std::size_t cols) : data_(data), rows_(rows), cols_(cols) {}

  // A view of mutable elements converts to one of constant elements.
  operator MatrixView<const T>() const  // NOLINT(google-explicit-constructor)
      requires(!std::is_const_v<T>) {
    return {data_, rows_, cols_};
  }

  T* data() const { return data_; }
  std::size_t rows() const { return rows_; }
  std::size_t cols() const { return cols_; }
  std::size_t size() const { return rows_ * cols_; }
  bool empty() const { return size() == 0; }

  std::span<T> row(std::size_t index) const {
    assert(index < rows_);
    return {data_ + index * cols_, cols_};
  }
  T& operator()(std::size_t row, std::size_t col) const {
    assert(row < rows_ && col < cols_);
    return data_[row * cols_ + col];
  }
  MatrixView rows_from(std::size_t first, std::size_t count) const {
    assert(first + count <= rows_);
    return {data_ + first * cols_, count, cols_};
  }

 private:
  T* data_ = nullptr;
  std::size_t rows_ = 0;
  std::size_t cols_ = 0;
};

// An owning matrix, zero-initialised.
template <class T>
class Matrix {
 public:
  Matrix() = default;
  Matrix(std::size_t rows, std::size_t cols) : elements_(rows * cols), rows_(rows), cols_(cols) {}

  T* data() { return elements_.data(); }
  const T* data() const { return elements_.data(); }
  std::size_t rows() const { return rows_; }
  std::size_t cols() const { return cols_; }
  std::size_t size() const { return elements_.size(); }
  bool empty() const { return elements_.empty(); }

  std::span<T> row(std::size_t index) { return view().row(index); }
  std::span<const T> row(std::size_t index) const { return view().row(index); }
  T& operator()(std::size_t row, std::size_t col) { return view()(row, col); }
  const T& operator()(std::size_t row, std::size_t col) const { return view()(row, col); }

  MatrixView<T> view() { return {elements_.data(), rows_, cols_}; }
  MatrixView<const T> view() const { return {elements_.data(), rows_, cols_}; }

  bool operator==(const Matrix&) const = default;

 private:
  std::vector<T> elements_;
  std::size_t rows_ = 0;
  std::size_t cols_ = 0;
};

}  // namespace pomona
