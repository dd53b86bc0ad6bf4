// SPDX-License-Identifier: Apache-2.0
#include "pomona/table/part_reader.h"

#include <arrow/io/interfaces.h>
#include <parquet/column_reader.h>
#include <parquet/exception.h>
#include <parquet/file_reader.h>
#include <parquet/metadata.h>
#include <parquet/properties.h>
#include <parquet/schema.h>

#include <algorithm>
#include <exception>
#include <map>
#include <utility>

#include "pomona/base/content/stand_in.h"
#include "pomona/base/error.h"
#include "pomona/storage/key.h"
#include "pomona/table/store_stream.h"

namespace pomona {
namespace {

constexpr std::size_t kMostLevels = 1 << 14;      // of one call to Parquet
constexpr std::size_t kMostNumbers = 16U << 20U;  // of one batch
constexpr std::int64_t kMostRows = std::int64_t{1} << 40;
constexpr std::string_view kMark = "PAR1";
constexpr std::string_view kEncryptedMark = "PARE";
constexpr const char* kEncrypted =
    "it is encrypted (Parquet modular encryption); decrypt it into a file of its own";
constexpr const char* kUnknownEncoding =
    "its compression or encoding is not known here; write it with Snappy, Zstandard or none";
constexpr std::size_t kWidestRow = 1 << 20;  // beyond that a footer is not to be believed

parquet::ReaderProperties reader_properties() {
  parquet::ReaderProperties properties;
  properties.enable_buffered_stream();
  properties.set_buffer_size(1 << 18);
  properties.set_page_checksum_verification(true);
  return properties;
}

std::string_view expected_type(ColumnType type) {
  switch (type) {
    case ColumnType::kText: return "string";
    case ColumnType::kBytes: return "binary";
    case ColumnType::kInt64: return "int64";
    case ColumnType::kDouble: return "double";
    case ColumnType::kOptionalInt32: return "int32";
    case ColumnType::kFloats: return "list<float32>";
  }
  return "";
}

std::string found_type(const parquet::schema::Node& node, const parquet::ColumnDescriptor& leaf) {
  std::string type = parquet::TypeToString(leaf.physical_type());
  if (!leaf.logical_type()->is_none()) type += " (" + leaf.logical_type()->ToString() + ")";
  return node.is_primitive() && !node.is_repeated() ? type : "a group of " + type;
}

bool fits(const TableColumn& column, const parquet::schema::Node& node,
          const parquet::ColumnDescriptor& leaf) {
  const parquet::Type::type type = leaf.physical_type();
  if (column.type == ColumnType::kFloats) {
    return type == parquet::Type::FLOAT && leaf.max_repetition_level() == 1;
  }
  if (!node.is_primitive() || leaf.max_repetition_level() != 0) return false;
  switch (column.type) {
    case ColumnType::kText:
      return type == parquet::Type::BYTE_ARRAY && leaf.logical_type()->is_string();
    case ColumnType::kBytes: return type == parquet::Type::BYTE_ARRAY;
    case ColumnType::kInt64: return type == parquet::Type::INT64;
    case ColumnType::kDouble: return type == parquet::Type::DOUBLE;
    case ColumnType::kOptionalInt32: return type == parquet::Type::INT32;
    case ColumnType::kFloats: break;
  }
  return false;
}

bool is_unknown_to_parquet(const std::exception& error) {
  const auto* status = dynamic_cast<const parquet::ParquetStatusException*>(&error);
  return status != nullptr ? status->status().IsNotImplemented()
                           : std::string_view(error.what()).starts_with("Not yet implemented");
}

}  // namespace

struct PartReader::State {
  State(const ObjectStore& s, std::string k) : store(s), key(std::move(k)) {
    auto stream = stream_from(store.open(key), failure);
    guard([&] {
      try {
        file = parquet::ParquetFileReader::Open(std::move(stream), reader_properties());
      } catch (const parquet::ParquetException&) {
        failure.rethrow();
        if (const std::string other = other_content(); !other.empty()) fail(other);
        throw;
      }
      check_row_counts();
    });
  }

  // Why the file cannot be opened, by its first and last bytes, and what to do; "" where these are
  // as they should be.
  std::string other_content() const {
    const std::unique_ptr<ObjectReader> object = store.open(key);
    if (object->size() == 0) {
      return "it is empty (0 bytes); copy it again from where it came, or make it again";
    }
    std::string first(std::min<std::uint64_t>(object->size(), kStandInBytes), '\0');
    object->read_at(0, first);
    if (first.starts_with(kEncryptedMark)) return kEncrypted;
    if (!first.starts_with(kMark)) {
      const std::string_view content = stand_in(first);
      return content.empty()
                 ? "it does not begin like a Parquet file; name a table that pomona, or "
                   "another writer of Parquet, has made"
                 : "expected a Parquet file, found " + std::string(content);
    }
    std::string last(std::min<std::uint64_t>(object->size(), kMark.size()), '\0');
    object->read_at(object->size() - last.size(), last);
    if (last == kEncryptedMark) return kEncrypted;
    return last == kMark && object->size() > 2 * kMark.size()
               ? ""
               : "it ends early: a Parquet file ends with an index and PAR1; copy it again from "
                 "where it came, or make it again";
  }

  // Callers of rows() may rely on it.
  void check_row_counts() const {
    std::int64_t rows = 0;
    for (int i = 0; i < file->metadata()->num_row_groups(); ++i) {
      const std::int64_t more = file->metadata()->RowGroup(i)->num_rows();
      if (more < 0 || more > kMostRows - rows)
        fail("a row group of " + std::to_string(more) + " rows");
      rows += more;
    }
    if (rows != file->metadata()->num_rows()) {
      fail("expected " + std::to_string(file->metadata()->num_rows()) + " rows, found " +
           std::to_string(rows));
    }
  }

  [[noreturn]] void fail(const std::string& problem) const {
    throw Error(ErrorKind::kCorrupt,
                "reading the table " + store.describe() + "/" + key + ": " + problem);
  }

  template <class Action>
  void guard(const Action& action) const {
    try {
      action();
    } catch (const Error&) {
      throw;
    } catch (const std::exception& error) {
      failure.rethrow();
      if (is_unknown_to_parquet(error)) {
        fail(std::string(kUnknownEncoding) + " (" + error.what() + ")");
      }
      fail(std::string("it is damaged; copy it again from where it came, or make it again (") +
           error.what() + ")");
    }
  }

  // Index of the column's leaf; -1 where there is no such column.
  int find(std::string_view name) const {
    const parquet::SchemaDescriptor& schema = *file->metadata()->schema();
    for (int i = 0; i < schema.num_columns(); ++i) {
      if (schema.GetColumnRoot(i)->name() == name) return i;
    }
    return -1;
  }

  int find_checked(const TableColumn& column) const {
    const parquet::SchemaDescriptor& schema = *file->metadata()->schema();
    const int index = find(column.name);
    const std::string expected = "expected a column " + std::string(column.name) + " of " +
                                 std::string(expected_type(column.type));
    if (index < 0) fail(expected + ", found none of this name");
    const parquet::schema::Node& node = *schema.GetColumnRoot(index);
    const parquet::ColumnDescriptor& leaf = *schema.Column(index);
    const bool one_leaf =
        index + 1 == schema.num_columns() || schema.GetColumnRoot(index + 1) != &node;
    if (!one_leaf) fail(expected + ", found a group of several columns");
    if (!fits(column, node, leaf)) fail(expected + ", found " + found_type(node, leaf));
    return index;
  }

  // The next row group that has rows; false at the end.
  bool next_group() {
    while (next_group_index < file->metadata()->num_row_groups()) {
      group = file->RowGroup(next_group_index++);
      readers.clear();
      group_rows = static_cast<std::size_t>(group->metadata()->num_rows());
      group_rows_left = group_rows;
      if (group_rows > 0) return true;
    }
    return false;
  }

  // Numbers in each row of a column of the group: by the format's counts, checked row by row later.
  std::size_t width_of(const TableColumn& column) const {
    const std::int64_t values = group->metadata()->ColumnChunk(find_checked(column))->num_values();
    const auto count = static_cast<std::size_t>(std::max<std::int64_t>(values, 0));
    if (count % group_rows != 0) fail_uneven(column);
    const std::size_t width = count / group_rows;
    if (width == 0 || width > kWidestRow) {
      fail("column " + std::string(column.name) + ": rows of " + std::to_string(width) +
           " numbers");
    }
    return width;
  }

  [[noreturn]] void fail_uneven(const TableColumn& column) const {
    fail("column " + std::string(column.name) +
         ": expected rows of equal length without nulls, found others");
  }

  void check_compression(int index) const {
    const auto compression = group->metadata()->ColumnChunk(index)->compression();
    if (!parquet::IsCodecSupported(compression)) fail(kUnknownEncoding);
  }

  template <class Reader>
  Reader& reader_of(const TableColumn& column) {
    auto& reader = readers[column.name];
    if (reader == nullptr) {
      const int index = find_checked(column);
      check_compression(index);
      reader = group->Column(index);
    }
    return static_cast<Reader&>(*reader);
  }

  // Reads `count` values of a column into `values`, in pieces; check(done, got, read) sees the
  // levels of each: `got` of them, of which `read` have a value.
  template <class Reader, class Value, class Check>
  void read_values(const TableColumn& column, std::size_t count, Value* values,
                   const Check& check) {
    guard([&] {
      Reader& reader = reader_of<Reader>(column);
      for (std::size_t done = 0; done < count;) {
        const std::size_t most = std::min(count - done, kMostLevels);
        std::int64_t read = 0;
        const std::int64_t got =
            has_next(reader)
                ? reader.ReadBatch(static_cast<std::int64_t>(most), definition_levels.data(),
                                   repetition_levels.data(), values, &read)
                : 0;
        if (got <= 0 || read < 0 || read > got) {
          fail("column " + std::string(column.name) + " ends too early");
        }
        check(done, static_cast<std::size_t>(got), static_cast<std::size_t>(read));
        done += static_cast<std::size_t>(got);
        if (advances(column)) values += got;
      }
    });
  }

  // A page without values, which some writers leave, looks like the end to Parquet's reader.
  static bool has_next(parquet::ColumnReader& reader) {
    constexpr int kMostEmptyPages = 16;
    for (int pages = 0; pages <= kMostEmptyPages; ++pages) {
      if (reader.HasNext()) return true;
    }
    return false;
  }

  static bool advances(const TableColumn& column) {
    return column.type == ColumnType::kFloats || column.type == ColumnType::kInt64 ||
           column.type == ColumnType::kDouble;
  }

  void refuse_nulls(const TableColumn& column, std::size_t got, std::size_t read) const {
    if (got != read) fail("column " + std::string(column.name) + ": a null, expected none");
  }

  const ObjectStore& store;
  std::string key;
  StoreFailure failure;
  std::unique_ptr<parquet::ParquetFileReader> file;
  std::shared_ptr<parquet::RowGroupReader> group;
  std::map<std::string_view, std::shared_ptr<parquet::ColumnReader>> readers;
  int next_group_index = 0;
  std::size_t group_rows = 0;
  std::size_t group_rows_left = 0;
  std::size_t batch_rows = 0;
  std::vector<std::int16_t> definition_levels = std::vector<std::int16_t>(kMostLevels);
  std::vector<std::int16_t> repetition_levels = std::vector<std::int16_t>(kMostLevels);
  std::vector<parquet::ByteArray> byte_arrays;
  std::vector<std::int32_t> integers;
};

PartReader::PartReader(const ObjectStore& store, const std::string& key)
    : state_(std::make_unique<State>(store, key)) {}
PartReader::~PartReader() = default;
PartReader::PartReader(PartReader&&) noexcept = default;
PartReader& PartReader::operator=(PartReader&&) noexcept = default;

std::uint64_t PartReader::rows() const {
  return static_cast<std::uint64_t>(state_->file->metadata()->num_rows());
}

bool PartReader::has(std::string_view column) const { return state_->find(column) >= 0; }

void PartReader::require(const TableColumn& column) const { state_->find_checked(column); }

void PartReader::fail(const std::string& problem) const { state_->fail(problem); }

std::size_t PartReader::begin_rows(const std::vector<TableColumn>& columns) {
  State& state = *state_;
  state.guard([&] {
    state.batch_rows = 0;
    if (state.group_rows_left == 0 && !state.next_group()) return;
    state.batch_rows = std::min(state.group_rows_left, kRowGroupRows);
    for (const TableColumn& column : columns) {
      if (column.type != ColumnType::kFloats) continue;
      const std::size_t most = std::max<std::size_t>(kMostNumbers / state.width_of(column), 1);
      state.batch_rows = std::min(state.batch_rows, most);
    }
    state.group_rows_left -= state.batch_rows;
  });
  return state.batch_rows;
}

void PartReader::read(const TableColumn& column, std::vector<std::string>& rows) {
  State& state = *state_;
  rows.resize(state.batch_rows);
  state.byte_arrays.resize(std::min(state.batch_rows, kMostLevels));
  const auto take = [&](std::size_t done, std::size_t got, std::size_t read) {
    state.refuse_nulls(column, got, read);
    // The arrays point into a page that the next call may replace.
    for (std::size_t i = 0; i < read; ++i) {
      const parquet::ByteArray& value = state.byte_arrays[i];
      std::string& row = rows[done + i];
      row.assign(reinterpret_cast<const char*>(value.ptr), value.len);
      if (column.type == ColumnType::kText && !is_utf8(row)) {
        fail("column " + std::string(column.name) + ": text that is not UTF-8");
      }
    }
  };
  state.read_values<parquet::ByteArrayReader>(column, rows.size(), state.byte_arrays.data(), take);
}

void PartReader::read(const TableColumn& column, std::vector<std::int64_t>& rows) {
  State& state = *state_;
  rows.resize(state.batch_rows);
  state.read_values<parquet::Int64Reader>(column, rows.size(), rows.data(),
                                          [&](std::size_t, std::size_t got, std::size_t read) {
                                            state.refuse_nulls(column, got, read);
                                          });
}

void PartReader::read(const TableColumn& column, std::vector<double>& rows) {
  State& state = *state_;
  rows.resize(state.batch_rows);
  state.read_values<parquet::DoubleReader>(column, rows.size(), rows.data(),
                                           [&](std::size_t, std::size_t got, std::size_t read) {
                                             state.refuse_nulls(column, got, read);
                                           });
}

void PartReader::read(const TableColumn& column, std::vector<std::optional<std::int32_t>>& rows) {
  State& state = *state_;
  rows.assign(state.batch_rows, std::nullopt);
  state.integers.resize(std::min(state.batch_rows, kMostLevels));
  const bool may_be_null =
      state.file->metadata()->schema()->Column(state.find_checked(column))->max_definition_level() >
      0;
  const auto take = [&](std::size_t done, std::size_t got, std::size_t read) {
    std::size_t next = 0;
    for (std::size_t i = 0; i < got; ++i) {
      if (may_be_null && state.definition_levels[i] == 0) continue;
      if (next >= read) fail("column " + std::string(column.name) + " ends too early");
      rows[done + i] = state.integers[next++];
    }
  };
  state.read_values<parquet::Int32Reader>(column, rows.size(), state.integers.data(), take);
}

void PartReader::read(const TableColumn& column, Matrix<float>& rows) {
  State& state = *state_;
  std::size_t width = 0;
  state.guard([&] { width = state.width_of(column); });
  if (rows.rows() != state.batch_rows || rows.cols() != width) {
    rows = Matrix<float>(state.batch_rows, width);
  }
  const auto take = [&](std::size_t done, std::size_t got, std::size_t read) {
    state.refuse_nulls(column, got, read);
    std::size_t in_row = done % width;
    for (std::size_t i = 0; i < got; ++i) {
      if ((state.repetition_levels[i] == 0) != (in_row == 0)) state.fail_uneven(column);
      if (++in_row == width) in_row = 0;
    }
  };
  state.read_values<parquet::FloatReader>(column, rows.size(), rows.data(), take);
}

}  // namespace pomona
