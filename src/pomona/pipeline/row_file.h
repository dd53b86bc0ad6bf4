// SPDX-License-Identifier: Apache-2.0
// Rows of floats on local disk, so that fitting reads them again and again without holding a
// million of them in memory. The file has no name: it goes with the object, whatever happens.
#pragma once

#include <cstddef>
#include <string>

#include "pomona/base/matrix.h"

namespace pomona {

class RowFile {
 public:
  // `path`: where the file is made and at once unlinked. Throws unavailable when it cannot be.
  RowFile(const std::string& path, std::size_t cols);
  ~RowFile();
  RowFile(const RowFile&) = delete;
  RowFile& operator=(const RowFile&) = delete;

  // One thread appends; afterwards any number may read. Throws unavailable (full disk).
  void append(MatrixView<const float> rows);
  void read(std::size_t first_row, MatrixView<float> rows) const;

  std::size_t rows() const { return rows_; }
  std::size_t cols() const { return cols_; }

 private:
  std::string path_;
  int file_ = -1;
  std::size_t rows_ = 0;
  std::size_t cols_;
};

}  // namespace pomona
