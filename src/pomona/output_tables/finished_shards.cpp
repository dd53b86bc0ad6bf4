// SPDX-License-Identifier: Apache-2.0
#include "pomona/output_tables/finished_shards.h"

#include <algorithm>
#include <atomic>
#include <utility>

#include "pomona/base/digest.h"
#include "pomona/base/error.h"
#include "pomona/base/parallel.h"
#include "pomona/csv/csv_writer.h"
#include "pomona/output/checked_json.h"
#include "pomona/output_tables/shard_parts.h"
#include "pomona/table/schema.h"

namespace pomona {
namespace {

constexpr const char* kRecords = "shards";

std::string record_key(std::size_t shard) {
  return std::string(kRecords) + "/" + std::to_string(shard) + ".json";
}

std::string part_key(const std::string& table, std::size_t shard) {
  return table + "/" + part_name(shard);
}

// In the work folder.
std::string work_key_of(const std::string& table, std::size_t shard, const std::string& digest) {
  return table + "/" + part_name(shard, digest);
}

std::string success_key(const std::string& table) { return table + "/_SUCCESS"; }

}  // namespace

// Builds the parts in memory, so that each is written in one go and its digest is that of the bytes
// that were meant.
class FinishedShards::Writer final : public ShardWriter {
 public:
  Writer(FinishedShards& owner, const Shard& shard)
      : owner_(owner), shard_(shard), parts_(owner.manifest_, owner.with_previews_) {}

  void add(ExtractedBlock block) override { blocks_.push_back(std::move(block)); }

  void finish() override {
    for (ExtractedBlock& block : blocks_) pack(std::exchange(block, {}));
    ShardRecord record;
    for (const auto& [table, bytes] : parts_.finish()) {
      std::string digest = sha256(bytes);
      owner_.work_.write(work_key_of(table, shard_.number, digest), bytes);
      record.parts[table] = std::move(digest);
    }
    record.shard = shard_.number;
    record.files = shard_.last - shard_.first;
    if (record.files > 0) record.first_path = owner_.manifest_.rows[shard_.first].path;
    record.ok = counts_[FileStatus::kOk];
    record.failed = counts_[FileStatus::kFailed];
    record.skipped = counts_[FileStatus::kSkipped];
    record.bytes = bytes_;
    record.failures = std::move(failures_);
    owner_.keep(shard_.number, record);
  }

 private:
  void pack(const ExtractedBlock& block) {
    parts_.add(block);
    for (const FileStatus status : block.status) ++counts_[status];
    bytes_ += block.bytes;
    failures_.insert(failures_.end(), block.failures.begin(), block.failures.end());
  }

  FinishedShards& owner_;
  Shard shard_;
  std::vector<ExtractedBlock> blocks_;
  ShardParts parts_;
  std::map<FileStatus, std::size_t> counts_;
  std::uint64_t bytes_ = 0;
  std::vector<FileFailure> failures_;
};

FinishedShards::FinishedShards(ObjectStore& work, const Manifest& manifest, std::size_t part_files,
                               bool with_previews)
    : work_(work),
      manifest_(manifest),
      with_previews_(with_previews),
      shards_(cut_into_shards(manifest.rows.size(), part_files)),
      records_(shards_.size()) {}

std::size_t FinishedShards::finished() const {
  return static_cast<std::size_t>(
      std::ranges::count_if(records_, [](const auto& record) { return record.has_value(); }));
}

std::size_t FinishedShards::failed(std::size_t shard) const { return record(shard).failed; }

std::vector<std::string> FinishedShards::tables() const {
  std::vector<std::string> tables = {"manifest", "features"};
  if (with_previews_) tables.emplace_back("previews");
  return tables;
}

std::string FinishedShards::digest(const std::string& table, std::size_t shard) const {
  return record(shard).parts.at(table);
}

std::string FinishedShards::work_key(const std::string& table, std::size_t shard) const {
  return work_key_of(table, shard, digest(table, shard));
}

std::optional<ShardRecord> FinishedShards::read_record(std::size_t shard) const {
  const std::optional<Json> json = read_checked_json(work_, record_key(shard));
  if (!json) return std::nullopt;
  try {
    return parse_shard_record(*json, tables());
  } catch (const Error& error) {
    if (error.kind() != ErrorKind::kCorrupt) throw;
    return std::nullopt;
  }
}

std::optional<ShardRecord> FinishedShards::load(std::size_t shard, bool& damaged) const {
  std::optional<ShardRecord> record = read_record(shard);
  damaged = !record;
  if (damaged) return std::nullopt;
  for (const auto& [table, wanted] : record->parts) {
    const std::string key = work_key_of(table, shard, wanted);
    if (work_.exists(key) && sha256(work_.read(key)) == wanted) continue;
    damaged = true;
    return std::nullopt;
  }
  return record;
}

std::set<std::string> FinishedShards::record_keys() const {
  std::set<std::string> keys;
  work_.list(kRecords, [&](const ObjectInfo& object) { keys.insert(object.key); });
  return keys;
}

std::size_t FinishedShards::recorded() const {
  const std::set<std::string> there = record_keys();
  return static_cast<std::size_t>(std::ranges::count_if(
      shards_, [&](const Shard& shard) { return there.contains(record_key(shard.number)); }));
}

std::size_t FinishedShards::find(std::size_t workers,
                                 const std::function<bool(std::size_t)>& wanted) {
  const std::set<std::string> there = record_keys();
  std::atomic<std::size_t> damaged_count = 0;
  parallel_for(shards_.size(), std::max(workers, work_.concurrent_reads()),
               [&](std::size_t shard, std::size_t) {
                 if (records_[shard] || !there.contains(record_key(shard))) return;
                 if (wanted && !wanted(shard)) return;
                 bool damaged = false;
                 records_[shard] = load(shard, damaged);
                 if (!damaged) return;
                 work_.remove(record_key(shard));
                 ++damaged_count;
               });
  return damaged_count;
}

const ShardRecord& FinishedShards::record(std::size_t shard) const {
  if (const std::optional<ShardRecord>& record = records_[shard]) return *record;
  throw Error(ErrorKind::kInternal, "reading finished work, " + work_.describe() + "/" +
                                        record_key(shard) + ": it is not finished");
}

ExtractedBlock FinishedShards::read(std::size_t shard) const {
  std::map<std::string, std::string> parts;
  for (const std::string& table : tables()) {
    const std::string key = work_key(table, shard);
    std::string bytes = work_.read(key);
    if (sha256(bytes) != digest(table, shard)) {
      throw Error(ErrorKind::kCorrupt, "reading finished work, " + work_.describe() + "/" + key +
                                           ": it has changed while the run was at work; run again");
    }
    parts.emplace(table, std::move(bytes));
  }
  ExtractedBlock block =
      read_shard_parts(std::move(parts), manifest_, shards_[shard].first, shards_[shard].last);
  block.failures = record(shard).failures;
  block.bytes = record(shard).bytes;
  return block;
}

void FinishedShards::forget(std::size_t shard) {
  work_.remove(record_key(shard));
  records_[shard].reset();
}

std::unique_ptr<ShardWriter> FinishedShards::begin(std::size_t shard) {
  return std::make_unique<Writer>(*this, shards_[shard]);
}

// Of two runs that finish the same shard the first has written its record; what both made is the
// same, or one of them computes otherwise than the fingerprint says.
void FinishedShards::keep(std::size_t shard, const ShardRecord& record) {
  const std::string key = record_key(shard);
  records_[shard] = record;
  if (work_.write_if_absent(key, print_checked_json(shard_record_json(record)))) return;
  bool damaged = false;
  const std::optional<ShardRecord> other = load(shard, damaged);
  if (!other || other->parts != record.parts) {
    throw Error(ErrorKind::kCorrupt,
                "keeping finished work, " + work_.describe() + "/" + key +
                    ": another run has made something else of the same photographs; run `pomona "
                    "clean`, and start one run at a time");
  }
  records_[shard] = other;
}

void FinishedShards::complete(ObjectStore& store) {
  CsvWriter csv(store, "shards.csv");
  for (const char* name : {"part", "first_path", "files", "ok", "failed", "skipped", "bytes"})
    csv.text(name);
  csv.end_row();
  for (const Shard& shard : shards_) {
    const ShardRecord& made = record(shard.number);
    csv.integer(static_cast<std::int64_t>(made.shard));
    csv.text(made.first_path);
    for (const std::uint64_t number :
         {std::uint64_t{made.files}, std::uint64_t{made.ok}, std::uint64_t{made.failed},
          std::uint64_t{made.skipped}, made.bytes}) {
      csv.integer(static_cast<std::int64_t>(number));
    }
    csv.end_row();
  }
  csv.commit();
  for (const std::string& table : tables()) work_.write(success_key(table), "");
}

TableParts FinishedShards::parts_of(const std::string& table) const {
  TableParts parts{table, {}};
  for (const Shard& shard : shards_) parts.keys.push_back(work_key(table, shard.number));
  return parts;
}

std::optional<TableParts> FinishedShards::previews() const {
  return with_previews_ ? std::optional(parts_of("previews")) : std::nullopt;
}

std::vector<Move> FinishedShards::moves() const {
  std::vector<Move> moves;
  for (const std::string& table : tables()) {
    moves.push_back({success_key(table), success_key(table)});
    for (const Shard& shard : shards_) {
      moves.push_back({work_key(table, shard.number), part_key(table, shard.number)});
    }
  }
  return moves;
}

std::map<std::string, std::string> FinishedShards::digests() const {
  std::map<std::string, std::string> digests;
  for (const std::string& table : tables()) {
    digests.emplace(success_key(table), sha256(""));
    for (const Shard& shard : shards_) {
      digests.emplace(part_key(table, shard.number), digest(table, shard.number));
    }
  }
  return digests;
}

}  // namespace pomona
