// SPDX-License-Identifier: Apache-2.0
// The end of extraction: takes workers' blocks in order, writes what became of each file into the
// manifest, and hands rows on in batches that do not depend on how files were cut into blocks.
// Where finished shards are kept it adds to them, and reads those back that were there before.
#pragma once

#include <cstddef>
#include <cstdint>
#include <memory>
#include <mutex>
#include <vector>

#include "pomona/extract/checkpoints.h"
#include "pomona/extract/extract.h"
#include "pomona/extract/extracted_block.h"

namespace pomona {

class ExtractCollector {
 public:
  // `shards` may be null.
  ExtractCollector(Manifest& manifest, std::size_t crops, std::size_t feature_count,
                   const ExtractSinks& sinks, Checkpoints* shards);

  // In order. No block reaches over the end of a shard.
  void add(ExtractedBlock block);
  // Writes shards whose last block was added. To be called after add(), by any thread, also while
  // another one adds: packing takes long and waits for nobody.
  void write_complete_shards();
  const ExtractCounts& counts() const { return counts_; }
  // Hands on what is left and ends the feature sink.
  ExtractCounts finish();

 private:
  void keep(ExtractedBlock block);
  void replay_before(std::size_t shard);
  std::unique_ptr<ShardWriter> take_complete_shard();
  void add_rows(const ExtractedBlock& block);
  void add_row(const ManifestRow& row, const float* features);
  void flush();

  Manifest& manifest_;
  std::size_t crops_;
  std::size_t row_width_;
  ExtractSinks sinks_;
  Checkpoints* shards_;
  std::unique_ptr<ShardWriter> writer_;  // of the shard that is in the making
  std::size_t next_shard_ = 0;           // whose rows are not added yet
  std::mutex mutex_;
  std::vector<std::unique_ptr<ShardWriter>> complete_;  // guarded by mutex_: to be written
  ExtractCounts counts_;
  FeatureBatch batch_;
  std::size_t filled_ = 0;
  std::vector<std::int32_t> labels_;
  std::size_t test_rows_ = 0;  // of the batch; they come before training rows
};

}  // namespace pomona
