// SPDX-License-Identifier: Apache-2.0
// Where extraction keeps what it has finished, shard by shard, so that a run that is killed resumes
// and several machines share the work. output_tables keeps shards as parts of Parquet tables;
// whoever hands rows on at once (`evaluate`, a Spark task) has none. Used by one thread at a time,
// but for the writers of different shards.
#pragma once

#include <cstddef>
#include <memory>
#include <vector>

#include "pomona/extract/extracted_block.h"

namespace pomona {

struct Shard {
  std::size_t number = 0;
  std::size_t first = 0;  // row of the manifest
  std::size_t last = 0;   // one past it
};

// Every `part_files` rows one shard; without rows there is one that is empty.
std::vector<Shard> cut_into_shards(std::size_t rows, std::size_t part_files);

// One shard in the making. Used by one thread at a time, blocks in order.
class ShardWriter {
 public:
  virtual ~ShardWriter() = default;
  // Only keeps the block.
  virtual void add(ExtractedBlock block) = 0;
  // All its rows were added: packs and writes them, and the shard is finished.
  virtual void finish() = 0;
};

class Checkpoints {
 public:
  virtual ~Checkpoints() = default;
  virtual const std::vector<Shard>& shards() const = 0;
  virtual bool is_finished(std::size_t shard) const = 0;
  // The rows of a finished shard as they were made. Throws corrupt when they have changed since.
  virtual ExtractedBlock read(std::size_t shard) const = 0;
  // Writes a shard that is not finished.
  virtual std::unique_ptr<ShardWriter> begin(std::size_t shard) = 0;
};

}  // namespace pomona
