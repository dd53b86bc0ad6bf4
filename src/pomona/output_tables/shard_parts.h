// SPDX-License-Identifier: Apache-2.0
// The rows of one shard as the bytes of Parquet parts, one of each table, and back.
#pragma once

#include <cstddef>
#include <map>
#include <string>

#include "pomona/dataset/manifest.h"
#include "pomona/extract/extracted_block.h"
#include "pomona/storage/memory_store.h"
#include "pomona/table/parquet_writer.h"

namespace pomona {

// Used by one thread at a time.
class ShardParts {
 public:
  ShardParts(const Manifest& manifest, bool with_previews);

  // Blocks in order.
  void add(const ExtractedBlock& block);
  // The bytes of each part, by the name of its table. Nothing is added afterwards.
  std::map<std::string, std::string> finish();

 private:
  void add_manifest_rows(const ExtractedBlock& block);
  void add_features(const ExtractedBlock& block);
  void add_previews(const ExtractedBlock& block);

  const Manifest& rows_of_;
  bool with_previews_;
  MemoryStore memory_;
  ManifestWriter manifest_;
  FeatureTableWriter features_;
  PreviewTableWriter previews_;
};

// The block of rows [first, last) that these parts were made of, without its failures and bytes.
// Throws corrupt when they hold other rows.
ExtractedBlock read_shard_parts(std::map<std::string, std::string> parts, const Manifest& manifest,
                                std::size_t first, std::size_t last);

}  // namespace pomona
