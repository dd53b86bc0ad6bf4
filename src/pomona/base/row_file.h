// SPDX-License-Identifier: Apache-2.0
// Rows of numbers on local disk, so that they are read again and again without holding a million of
// them in memory. The file has no name: it goes with the object, whatever happens. One thread
// appends; afterwards any number may read.
#pragma once

#include <cstddef>
#include <cstdint>
#include <functional>
#include <string>

#include "pomona/base/matrix.h"

namespace pomona {

// $TMPDIR, or /tmp. Throws unavailable when that is no folder.
std::string system_scratch_folder();

// As open(2): a descriptor, or -1 and errno.
using OpenNameless = std::function<int(const std::string& folder)>;
int open_nameless(const std::string& folder);

// A file in `folder` without a name, for reading and writing. Where the file system makes none, it
// has one that nobody can guess, for the moment between opening and removing it. Returns -1 with
// errno where it fails. Tests replace `open`.
int open_scratch_file(const std::string& folder, const OpenNameless& open = open_nameless);

// Element: float or std::uint8_t.
template <class Element>
class BasicRowFile {
 public:
  // Throws unavailable when no file can be made in `folder`.
  BasicRowFile(const std::string& folder, std::size_t cols);
  ~BasicRowFile();
  BasicRowFile(const BasicRowFile&) = delete;
  BasicRowFile& operator=(const BasicRowFile&) = delete;

  // Throws unavailable (full disk).
  void append(MatrixView<const Element> rows);
  void read(std::size_t first_row, MatrixView<Element> rows) const;

  std::size_t rows() const { return rows_; }
  std::size_t cols() const { return cols_; }

 private:
  std::string folder_;
  int file_ = -1;
  std::size_t rows_ = 0;
  std::size_t cols_;
};

extern template class BasicRowFile<float>;
extern template class BasicRowFile<std::uint8_t>;

using RowFile = BasicRowFile<float>;

}  // namespace pomona
