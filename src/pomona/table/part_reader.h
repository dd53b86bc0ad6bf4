// SPDX-License-Identifier: Apache-2.0
// One Parquet file being read, a few rows at a time. Inside table/ only. Used by one thread at a
// time.
#pragma once

#include <cstddef>
#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "pomona/base/matrix.h"
#include "pomona/storage/object_store.h"
#include "pomona/table/columns.h"

namespace pomona {

// A file is foreign bytes: whatever is in it, functions return or throw Error (corrupt), and take
// no more memory than a batch and a page of each column need. Pages are read one by one, since the
// row groups of other writers may be larger than memory.
class PartReader {
 public:
  PartReader(const ObjectStore& store, const std::string& key);
  ~PartReader();
  PartReader(PartReader&&) noexcept;
  PartReader& operator=(PartReader&&) noexcept;

  std::uint64_t rows() const;
  bool has(std::string_view column) const;
  // Throws unless the file has the column, with its type.
  void require(const TableColumn& column) const;

  // How many rows the next read() of every wanted column gives: the rest of a row group, but no
  // more than kRowGroupRows, and fewer where rows are very wide. 0 at the end.
  std::size_t begin_rows(const std::vector<TableColumn>& columns);
  // Replaces `rows`. Each column once after begin_rows().
  void read(const TableColumn& column, std::vector<std::string>& rows);
  void read(const TableColumn& column, std::vector<std::int64_t>& rows);
  void read(const TableColumn& column, std::vector<double>& rows);
  void read(const TableColumn& column, std::vector<std::optional<std::int32_t>>& rows);
  void read(const TableColumn& column, Matrix<float>& rows);

  // Throws the error for a file whose content makes no sense.
  [[noreturn]] void fail(const std::string& problem) const;

 private:
  struct State;
  std::unique_ptr<State> state_;
};

}  // namespace pomona
