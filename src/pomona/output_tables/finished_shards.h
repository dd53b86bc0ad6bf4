// SPDX-License-Identifier: Apache-2.0
// What an extraction has finished and keeps, so that a run that is killed goes on where it was, and
// several machines share the work. A shard is a range of rows of the manifest; finished it is one
// part of each of the tables `manifest`, `features` and `previews` in the work folder, and a record
// below `shards/`, written last, with counts, failures and the digests of those parts. A shard
// whose record is missing or damaged, or whose parts are not as recorded, is not finished. Parts
// are named by what they hold until they are published: where two runs make different ones of the
// same shard, neither touches the other's.
#pragma once

#include <cstddef>
#include <functional>
#include <map>
#include <memory>
#include <optional>
#include <set>
#include <string>
#include <vector>

#include "pomona/dataset/manifest.h"
#include "pomona/extract/checkpoints.h"
#include "pomona/extract/extracted_block.h"
#include "pomona/output/publication.h"
#include "pomona/output_tables/shard_record.h"
#include "pomona/storage/object_store.h"
#include "pomona/table/parquet_reader.h"

namespace pomona {

// Work and manifest outlive it. Not for use from two threads at once, but for the writers of
// different shards.
class FinishedShards final : public Checkpoints {
 public:
  // `with_previews`: there is a table of previews.
  FinishedShards(ObjectStore& work, const Manifest& manifest, std::size_t part_files,
                 bool with_previews);

  const std::vector<Shard>& shards() const override { return shards_; }
  bool is_finished(std::size_t shard) const override { return records_[shard].has_value(); }
  std::size_t finished() const;
  std::size_t failed(std::size_t shard) const;

  // Looks which shards are finished, reading all their parts on `workers` threads; returns how many
  // were found damaged, which are to be made again. `wanted`: looks at these alone; empty: at all.
  std::size_t find(std::size_t workers, const std::function<bool(std::size_t)>& wanted = {});
  // How many have a record, whoever has finished them. Reads no part: find() may forget some.
  std::size_t recorded() const;

  // The rows of a finished shard as they were made. Throws corrupt when they have changed since
  // find().
  ExtractedBlock read(std::size_t shard) const override;
  // It is to be made anew.
  void forget(std::size_t shard);
  // Writes a shard that is not finished.
  std::unique_ptr<ShardWriter> begin(std::size_t shard) override;

  // Once all are finished: ends the tables, and writes shards.csv to `store`.
  void complete(ObjectStore& store);
  // Tables in the work folder. Parts that others made may lie beside them.
  TableParts features() const { return parts_of("features"); }
  std::optional<TableParts> previews() const;
  // Where all files of the tables lie in the work folder, and where they are published.
  std::vector<Move> moves() const;
  // Of those files, by where they are published.
  std::map<std::string, std::string> digests() const;

 private:
  class Writer;

  std::vector<std::string> tables() const;
  std::set<std::string> record_keys() const;
  TableParts parts_of(const std::string& table) const;
  // Of one part of a shard that is finished.
  std::string digest(const std::string& table, std::size_t shard) const;
  std::string work_key(const std::string& table, std::size_t shard) const;
  // None where it is missing or damaged.
  std::optional<ShardRecord> read_record(std::size_t shard) const;
  // The same where its parts are not as recorded, too.
  std::optional<ShardRecord> load(std::size_t shard, bool& damaged) const;
  void keep(std::size_t shard, const ShardRecord& record);
  const ShardRecord& record(std::size_t shard) const;  // of one that is finished

  ObjectStore& work_;
  const Manifest& manifest_;
  bool with_previews_;
  std::vector<Shard> shards_;
  std::vector<std::optional<ShardRecord>> records_;  // of those that are finished
};

}  // namespace pomona
