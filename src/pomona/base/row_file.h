// SPDX-License-Identifier: Apache-2.0
// Rows of numbers on local disk, so that they are read again and again without holding a million of
// them in memory. The file has no name: it goes with the object, whatever happens.
#pragma once

#include <cstddef>
#include <cstdint>
#include <string>

#include "pomona/base/matrix.h"

namespace pomona {

// Element: float or std::uint8_t.
template <class Element>
class BasicRowFile {
 public:
  // `path`: where the file is made and at once unlinked. Throws unavailable when it cannot be.
  BasicRowFile(const std::string& path, std::size_t cols);
  ~BasicRowFile();
  BasicRowFile(const BasicRowFile&) = delete;
  BasicRowFile& operator=(const BasicRowFile&) = delete;

  // One thread appends; afterwards any number may read. Throws unavailable (full disk).
  void append(MatrixView<const Element> rows);
  void read(std::size_t first_row, MatrixView<Element> rows) const;

  std::size_t rows() const { return rows_; }
  std::size_t cols() const { return cols_; }

 private:
  std::string path_;
  int file_ = -1;
  std::size_t rows_ = 0;
  std::size_t cols_;
};

extern template class BasicRowFile<float>;
extern template class BasicRowFile<std::uint8_t>;

using RowFile = BasicRowFile<float>;

}  // namespace pomona
