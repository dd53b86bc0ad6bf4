// SPDX-License-Identifier: Apache-2.0
// One Parquet file being written, row group by row group. Inside table/ only.
#pragma once

#include <cstddef>
#include <cstdint>
#include <memory>
#include <optional>
#include <span>
#include <string>
#include <string_view>

#include "pomona/base/matrix.h"
#include "pomona/storage/object_store.h"
#include "pomona/table/columns.h"

namespace pomona {

// Every row of a column is handed to Parquet on its own, so that pages end at the same rows however
// many come at once. Pages of the row group wait, compressed, in memory until it is complete.
class PartWriter {
 public:
  PartWriter(ObjectStore& store, const std::string& key, std::span<const TableColumn> columns);
  // Without commit() nothing remains.
  ~PartWriter();
  PartWriter(PartWriter&&) noexcept;
  PartWriter& operator=(PartWriter&&) noexcept;

  std::size_t rows() const;
  // How many rows fit in before a row group ends.
  std::size_t rows_to_boundary() const;

  // The same number of rows for every column, at most rows_to_boundary(), then end_rows().
  void append(std::size_t column, std::span<const std::string> rows);
  void append(std::size_t column, std::span<const std::int64_t> rows);
  void append(std::size_t column, std::span<const std::optional<std::int32_t>> rows);
  void append(std::size_t column, MatrixView<const float> rows);
  void end_rows(std::size_t rows);

  // Writes the footer: all bytes are with the store.
  void close();
  void commit();

 private:
  struct State;
  std::unique_ptr<State> state_;
};

}  // namespace pomona
