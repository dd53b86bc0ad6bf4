// SPDX-License-Identifier: Apache-2.0
#include "pomona/table/parquet_writer.h"

#include <algorithm>
#include <cstddef>
#include <span>
#include <string>
#include <utility>
#include <vector>

#include "pomona/base/error.h"
#include "pomona/storage/key.h"
#include "pomona/table/columns.h"
#include "pomona/table/part_writer.h"

namespace pomona {
namespace {

// The rows that wait for their row group to be complete, in storage of constant size.
template <class Element>
void put(const std::vector<Element>& from, std::size_t first, std::size_t count,
         std::vector<Element>& rows, std::size_t at) {
  rows.resize(kRowGroupRows);
  std::copy_n(from.begin() + static_cast<std::ptrdiff_t>(first), count,
              rows.begin() + static_cast<std::ptrdiff_t>(at));
}

void put(const Matrix<float>& from, std::size_t first, std::size_t count, Matrix<float>& rows,
         std::size_t at) {
  if (rows.empty()) rows = Matrix<float>(kRowGroupRows, from.cols());
  std::copy_n(from.row(first).data(), count * from.cols(), rows.row(at).data());
}

template <class Element>
std::span<const Element> first_rows(const std::vector<Element>& rows, std::size_t count) {
  return std::span(rows).first(count);
}

MatrixView<const float> first_rows(const Matrix<float>& rows, std::size_t count) {
  return rows.view().rows_from(0, count);
}

template <class Element>
std::size_t row_count(const std::vector<Element>& column) {
  return column.size();
}

std::size_t row_count(const Matrix<float>& column) { return column.rows(); }

}  // namespace

template <class Batch>
struct TableWriter<Batch>::State {
  static_assert(kPartRows % kRowGroupRows == 0);

  State(ObjectStore& s, std::string_view f) : store(s), folder(f) { begin_part(); }

  void begin_part() {
    parts.emplace_back(store, key_of(part_name(parts.size())), columns_of<Batch>());
    part_rows = 0;
  }

  std::string key_of(const std::string& name) const {
    return folder.empty() ? name : folder + "/" + name;
  }

  [[noreturn]] void refuse(std::string_view column, const std::string& problem) const {
    throw Error(ErrorKind::kInvalidInput, "writing the table " + store.describe() + "/" + folder +
                                              ", column " + std::string(column) + ": " + problem);
  }

  void check(const Batch& batch) {
    const auto check_column = [&](const TableColumn& column, const auto& values) {
      if (row_count(values) != batch.rows()) {
        refuse(column.name, "expected " + std::to_string(batch.rows()) + " rows, found " +
                                std::to_string(row_count(values)));
      }
      check_values(column, values);
    };
    visit_columns(check_column, batch);
  }

  void check_values(const TableColumn& column, const std::vector<std::string>& values) {
    if (column.type == ColumnType::kText && !std::ranges::all_of(values, is_utf8)) {
      refuse(column.name, "text that is not UTF-8");
    }
  }

  void check_values(const TableColumn& column, const Matrix<float>& values) {
    if (values.rows() == 0) return;
    if (width == 0) width = values.cols();
    if (values.cols() != width || width == 0) {
      refuse(column.name, "expected rows of " + std::to_string(std::max<std::size_t>(width, 1)) +
                              " numbers, found " + std::to_string(values.cols()));
    }
  }

  template <class Element>
  void check_values(const TableColumn& /*column*/, const std::vector<Element>& /*values*/) {}

  void wait(const Batch& batch, std::size_t first, std::size_t count) {
    const auto put_column = [&](const TableColumn&, auto& rows, const auto& values) {
      put(values, first, count, rows, waiting_rows);
    };
    visit_columns(put_column, waiting, batch);
    waiting_rows += count;
  }

  void write_group() {
    if (waiting_rows == 0) return;
    const auto write_column = [&](const TableColumn&, const auto& rows) {
      parts.back().append(first_rows(rows, waiting_rows));
    };
    visit_columns(write_column, waiting);
    parts.back().end_group();
    part_rows += waiting_rows;
    waiting_rows = 0;
  }

  ObjectStore& store;
  std::string folder;
  // All but the last are closed; none is committed before finish().
  std::vector<PartWriter> parts;
  std::size_t part_rows = 0;
  Batch waiting;  // rows of the next row group
  std::size_t waiting_rows = 0;
  std::size_t width = 0;
};

template <class Batch>
TableWriter<Batch>::TableWriter(ObjectStore& store, std::string_view folder)
    : state_(std::make_unique<State>(store, folder)) {}
template <class Batch>
TableWriter<Batch>::~TableWriter() = default;
template <class Batch>
TableWriter<Batch>::TableWriter(TableWriter&&) noexcept = default;
template <class Batch>
TableWriter<Batch>& TableWriter<Batch>::operator=(TableWriter&&) noexcept = default;

template <class Batch>
void TableWriter<Batch>::add(const Batch& batch) {
  State& state = *state_;
  state.check(batch);
  for (std::size_t done = 0; done < batch.rows();) {
    if (state.part_rows == kPartRows) {
      state.parts.back().close();
      state.begin_part();
    }
    const std::size_t count = std::min(batch.rows() - done, kRowGroupRows - state.waiting_rows);
    state.wait(batch, done, count);
    done += count;
    if (state.waiting_rows == kRowGroupRows) state.write_group();
  }
}

template <class Batch>
void TableWriter<Batch>::finish() {
  State& state = *state_;
  state.write_group();
  state.parts.back().close();
  for (PartWriter& part : state.parts) part.commit();
  state.store.write(state.key_of("_SUCCESS"), "");
}

template class TableWriter<FeatureBatch>;
template class TableWriter<ManifestBatch>;
template class TableWriter<SnapshotBatch>;
template class TableWriter<ReducedBatch>;
template class TableWriter<PreviewBatch>;

}  // namespace pomona
