// SPDX-License-Identifier: Apache-2.0
#include "pomona/table/parquet_writer.h"

#include <algorithm>
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

template <class Element>
std::span<const Element> rows_of(const std::vector<Element>& column, std::size_t first,
                                 std::size_t count) {
  return std::span(column).subspan(first, count);
}

MatrixView<const float> rows_of(const Matrix<float>& column, std::size_t first, std::size_t count) {
  return column.view().rows_from(first, count);
}

template <class Element>
std::size_t row_count(const std::vector<Element>& column) {
  return column.size();
}

std::size_t row_count(const Matrix<float>& column) { return column.rows(); }

}  // namespace

template <class Batch>
struct TableWriter<Batch>::State {
  State(ObjectStore& s, std::string_view f) : store(s), folder(f) {
    parts.emplace_back(store, key_of(part_name(0)), columns);
  }

  std::string key_of(const std::string& name) const {
    return folder.empty() ? name : folder + "/" + name;
  }

  [[noreturn]] void refuse(std::string_view column, const std::string& problem) const {
    throw Error(ErrorKind::kInvalidInput, "writing the table " + store.describe() + "/" + folder +
                                              ", column " + std::string(column) + ": " + problem);
  }

  void check(const Batch& batch) {
    visit_columns(batch, [&](const TableColumn& column, const auto& values) {
      if (row_count(values) != batch.rows()) {
        refuse(column.name, "expected " + std::to_string(batch.rows()) + " rows, found " +
                                std::to_string(row_count(values)));
      }
      check_values(column, values);
    });
  }

  void check_values(const TableColumn& column, const std::vector<std::string>& values) {
    if (column.type == ColumnType::kText && !std::ranges::all_of(values, is_utf8)) {
      refuse(column.name, "text that is not UTF-8");
    }
    const auto is_whole = [](const std::string& v) { return v.size() == kThumbnailPixelBytes; };
    if (column.name == kPixels.name && !std::ranges::all_of(values, is_whole)) {
      refuse(column.name, "expected " + std::to_string(kThumbnailPixelBytes) + " bytes a row");
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

  void append(const Batch& batch, std::size_t first, std::size_t count) {
    std::size_t index = 0;
    visit_columns(batch, [&](const TableColumn&, const auto& values) {
      parts.back().append(index++, rows_of(values, first, count));
    });
    parts.back().end_rows(count);
  }

  ObjectStore& store;
  std::string folder;
  std::vector<TableColumn> columns = columns_of<Batch>();
  // All but the last are closed; none is committed before finish().
  std::vector<PartWriter> parts;
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
    if (state.parts.back().rows() == kPartRows) {
      state.parts.back().close();
      state.parts.emplace_back(state.store, state.key_of(part_name(state.parts.size())),
                               state.columns);
    }
    const std::size_t count = std::min(batch.rows() - done, state.parts.back().rows_to_boundary());
    state.append(batch, done, count);
    done += count;
  }
}

template <class Batch>
void TableWriter<Batch>::finish() {
  State& state = *state_;
  state.parts.back().close();
  for (PartWriter& part : state.parts) part.commit();
  state.store.write(state.key_of("_SUCCESS"), "");
}

template class TableWriter<FeatureBatch>;
template class TableWriter<ManifestBatch>;
template class TableWriter<ReducedBatch>;
template class TableWriter<ThumbnailBatch>;

}  // namespace pomona
