// SPDX-License-Identifier: Apache-2.0
// Reads tables back, a batch at a time with bounded memory: those of parquet_writer.h, and tables
// that pyarrow or Spark wrote with the same columns. Used by one thread at a time.
//
// Columns are found by name; more columns than needed do no harm. Text may be stored as string,
// large_string or dictionary, rows of numbers as list, large_list or fixed_size_list of float32. A
// feature table without `split` is all "train". Other types, nulls where none belong, rows of
// different width and bytes that do not follow the format throw corrupt; the message names the
// file, what was expected and what was found.
#pragma once

#include <cstdint>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include "pomona/features/feature_sink.h"
#include "pomona/storage/object_store.h"
#include "pomona/table/schema.h"

namespace pomona {

enum class TableColumns {
  kAll,
  kKeys,  // path, label and split alone; the other columns of a batch stay empty (rows × 0)
};

// The objects of a table.
struct TableParts {
  std::string place;              // what messages call it
  std::vector<std::string> keys;  // in the order of rows
};

// `place` is the key of a folder, whose `*.parquet` objects are read in byte order of their names
// ("" for the root of the store), or of one `.parquet` object. Throws not_found when there is
// neither; unavailable when a folder of parts lacks `_SUCCESS` although one of its parts has the
// name of ours.
TableParts find_parts(const ObjectStore& store, std::string_view place);

// Batch: FeatureBatch, ManifestBatch, SnapshotBatch, ReducedBatch or PreviewBatch.
template <class Batch>
class TableReader {
 public:
  TableReader(const ObjectStore& store, const TableParts& parts,
              TableColumns columns = TableColumns::kAll);
  // Of what find_parts() finds.
  TableReader(const ObjectStore& store, std::string_view place,
              TableColumns columns = TableColumns::kAll);
  ~TableReader();
  TableReader(TableReader&&) noexcept;
  TableReader& operator=(TableReader&&) noexcept;

  // Of the whole table, from the footers of its parts.
  std::uint64_t rows() const;
  // Replaces `batch` by the next 1 to kRowGroupRows rows; false at the end, `batch` is then empty.
  bool next(Batch& batch);

 private:
  struct State;
  std::unique_ptr<State> state_;
};

using FeatureTableReader = TableReader<FeatureBatch>;
using ManifestReader = TableReader<ManifestBatch>;
using SnapshotReader = TableReader<SnapshotBatch>;
using ReducedTableReader = TableReader<ReducedBatch>;
using PreviewTableReader = TableReader<PreviewBatch>;

extern template class TableReader<FeatureBatch>;
extern template class TableReader<ManifestBatch>;
extern template class TableReader<SnapshotBatch>;
extern template class TableReader<ReducedBatch>;
extern template class TableReader<PreviewBatch>;

}  // namespace pomona
