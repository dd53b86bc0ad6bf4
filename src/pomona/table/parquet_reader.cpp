// SPDX-License-Identifier: Apache-2.0
#include "pomona/table/parquet_reader.h"

#include <algorithm>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "pomona/base/error.h"
#include "pomona/storage/key.h"
#include "pomona/table/columns.h"
#include "pomona/table/part_reader.h"

namespace pomona {
namespace {

bool is_key_column(const TableColumn& column) {
  return column.name == kPath.name || column.name == kLabel.name || column.name == kSplit.name;
}

constexpr std::string_view kNoDigest = "0000000000000000";

bool is_our_part(std::string_view name) {
  return name.starts_with("part-") && name.ends_with(".snappy.parquet") &&
         (name.size() == part_name(0).size() || name.size() == part_name(0, kNoDigest).size());
}

std::string where(const ObjectStore& store, std::string_view place) {
  return "reading the table " + store.describe() + (place.empty() ? "" : "/") + std::string(place);
}

}  // namespace

TableParts find_parts(const ObjectStore& store, std::string_view place) {
  if (!place.empty() && store.exists(place)) return {std::string(place), {std::string(place)}};
  std::vector<std::string> parts;
  bool ours = false;
  bool complete = false;
  store.list(place, [&](const ObjectInfo& info) {
    const std::string_view name = file_name(info.key);
    const std::size_t above = place.empty() ? 0 : place.size() + 1;
    if (info.key.size() != above + name.size()) return;  // in a folder below
    if (name == "_SUCCESS") complete = true;
    if (!name.ends_with(".parquet") || name.starts_with('_') || name.starts_with('.')) return;
    ours = ours || is_our_part(name);
    parts.push_back(info.key);
  });
  if (parts.empty()) {
    throw Error(
        ErrorKind::kNotFound,
        where(store, place) + ": expected a .parquet file or a folder of them, found neither");
  }
  if (ours && !complete) {
    throw Error(ErrorKind::kUnavailable,
                where(store, place) +
                    ": it has no _SUCCESS, so whoever writes it has not ended or was stopped; "
                    "wait for it or make it again");
  }
  std::ranges::sort(parts);
  return {std::string(place), std::move(parts)};
}

template <class Batch>
struct TableReader<Batch>::State {
  State(const ObjectStore& s, std::vector<std::string> keys, TableColumns wanted)
      : store(s), parts(std::move(keys)) {
    for (const TableColumn& column : columns_of<Batch>()) {
      if (wanted == TableColumns::kAll || is_key_column(column)) columns.push_back(column);
    }
    for (const std::string& key : parts) {
      const PartReader found(store, key);
      for (const TableColumn& column : columns) {
        if (!may_lack(found, column)) found.require(column);
      }
      rows += found.rows();
    }
  }

  // Tables of other makers know nothing of our splits.
  static bool may_lack(const PartReader& found, const TableColumn& column) {
    return std::is_same_v<Batch, FeatureBatch> && column.name == kSplit.name &&
           !found.has(column.name);
  }

  bool wants(const TableColumn& column) const {
    return std::ranges::any_of(columns, [&](const auto& c) { return c.name == column.name; });
  }

  // The part that holds the next batch, which has `count` rows; null at the end.
  PartReader* begin_rows(std::size_t& count) {
    for (;;) {
      if (part) {
        count = part->begin_rows(columns);
        if (count > 0) return &*part;
        if (part_rows != part->rows()) {
          part->fail("expected " + std::to_string(part->rows()) + " rows, found " +
                     std::to_string(part_rows));
        }
        part.reset();
      }
      if (next_part == parts.size()) return nullptr;
      part.emplace(store, parts[next_part++]);
      part_rows = 0;
    }
  }

  void read(PartReader& from, const TableColumn& column, std::size_t count,
            std::vector<std::string>& values) {
    if (may_lack(from, column)) {
      values.assign(count, "train");
    } else {
      from.read(column, values);
    }
  }

  void read(PartReader& from, const TableColumn& column, std::size_t /*count*/,
            Matrix<float>& values) {
    from.read(column, values);
    if (width == 0) width = values.cols();
    if (values.cols() != width) {
      from.fail("column " + std::string(column.name) + ": expected rows of " +
                std::to_string(width) + " numbers as before, found " +
                std::to_string(values.cols()));
    }
  }

  template <class Values>
  void read(PartReader& from, const TableColumn& column, std::size_t /*count*/, Values& values) {
    from.read(column, values);
  }

  const ObjectStore& store;
  std::vector<std::string> parts;
  std::vector<TableColumn> columns;
  std::uint64_t rows = 0;
  std::optional<PartReader> part;
  std::uint64_t part_rows = 0;  // read of the part so far
  std::size_t next_part = 0;
  std::size_t width = 0;
};

template <class Batch>
TableReader<Batch>::TableReader(const ObjectStore& store, const TableParts& parts,
                                TableColumns columns)
    : state_(std::make_unique<State>(store, parts.keys, columns)) {}
template <class Batch>
TableReader<Batch>::TableReader(const ObjectStore& store, std::string_view place,
                                TableColumns columns)
    : TableReader(store, find_parts(store, place), columns) {}
template <class Batch>
TableReader<Batch>::~TableReader() = default;
template <class Batch>
TableReader<Batch>::TableReader(TableReader&&) noexcept = default;
template <class Batch>
TableReader<Batch>& TableReader<Batch>::operator=(TableReader&&) noexcept = default;

template <class Batch>
std::uint64_t TableReader<Batch>::rows() const {
  return state_->rows;
}

template <class Batch>
bool TableReader<Batch>::next(Batch& batch) {
  State& state = *state_;
  std::size_t count = 0;
  PartReader* const part = state.begin_rows(count);
  if (part == nullptr) {
    batch = Batch();
    return false;
  }
  const auto read_column = [&](const TableColumn& column, auto& values) {
    if (state.wants(column)) {
      state.read(*part, column, count, values);
    } else {
      values = {};
    }
  };
  visit_columns(read_column, batch);
  state.part_rows += count;
  return true;
}

template class TableReader<FeatureBatch>;
template class TableReader<ManifestBatch>;
template class TableReader<SnapshotBatch>;
template class TableReader<ReducedBatch>;
template class TableReader<PreviewBatch>;

}  // namespace pomona
