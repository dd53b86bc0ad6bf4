// SPDX-License-Identifier: Apache-2.0
// Writes a table as a folder of Parquet parts and a `_SUCCESS`. The bytes depend on the rows and
// their order alone, not on how they were cut into batches. Used by one thread at a time.
//
// Nothing appears under a final name before finish(), which publishes all parts, `_SUCCESS` last;
// destroyed without it the writer leaves nothing behind. It holds the rows of one row group, and
// one open object for each part.
#pragma once

#include <memory>
#include <string_view>

#include "pomona/features/feature_sink.h"
#include "pomona/storage/object_store.h"
#include "pomona/table/schema.h"

namespace pomona {

// Batch: FeatureBatch, ManifestBatch, SnapshotBatch, ReducedBatch or PreviewBatch.
template <class Batch>
class TableWriter {
 public:
  // `folder` is the key of the table's folder, "" for the root of the store.
  TableWriter(ObjectStore& store, std::string_view folder);
  ~TableWriter();
  TableWriter(TableWriter&&) noexcept;
  TableWriter& operator=(TableWriter&&) noexcept;

  // Throws unavailable when the store cannot take the bytes, invalid_input when columns differ in
  // length, when rows of numbers differ in width from those before, or when text is not UTF-8.
  void add(const Batch& batch);
  // A table without rows still has one part with the schema. Throws like add().
  void finish();

 private:
  struct State;
  std::unique_ptr<State> state_;
};

using ManifestWriter = TableWriter<ManifestBatch>;
using SnapshotWriter = TableWriter<SnapshotBatch>;
using PreviewTableWriter = TableWriter<PreviewBatch>;

extern template class TableWriter<FeatureBatch>;
extern template class TableWriter<ManifestBatch>;
extern template class TableWriter<SnapshotBatch>;
extern template class TableWriter<ReducedBatch>;
extern template class TableWriter<PreviewBatch>;

class FeatureTableWriter final : public FeatureSink {
 public:
  FeatureTableWriter(ObjectStore& store, std::string_view folder) : table_(store, folder) {}

  void add(const FeatureBatch& batch) override { table_.add(batch); }
  void finish() override { table_.finish(); }

 private:
  TableWriter<FeatureBatch> table_;
};

class ReducedTableWriter final : public ReducedSink {
 public:
  ReducedTableWriter(ObjectStore& store, std::string_view folder) : table_(store, folder) {}

  void add(const ReducedBatch& batch) override { table_.add(batch); }
  void finish() override { table_.finish(); }

 private:
  TableWriter<ReducedBatch> table_;
};

}  // namespace pomona
