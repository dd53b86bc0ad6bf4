// SPDX-License-Identifier: Apache-2.0
// One Parquet file being written, row group by row group. Inside table/ only. Used by one thread at
// a time.
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

// Pages go to the store as they fill: a row group costs no memory here.
class PartWriter {
 public:
  PartWriter(ObjectStore& store, const std::string& key, std::span<const TableColumn> columns);
  // Without commit() nothing remains.
  ~PartWriter();
  PartWriter(PartWriter&&) noexcept;
  PartWriter& operator=(PartWriter&&) noexcept;

  // The columns of one row group in their order, the same number of rows each, then end_group().
  void append(std::span<const std::string> rows);
  void append(std::span<const std::int64_t> rows);
  void append(std::span<const double> rows);
  void append(std::span<const std::optional<std::int32_t>> rows);
  void append(MatrixView<const float> rows);
  void end_group();

  // Writes the footer: all bytes are with the store.
  void close();
  void commit();

 private:
  struct State;
  std::unique_ptr<State> state_;
};

}  // namespace pomona
