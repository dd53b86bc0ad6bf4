// SPDX-License-Identifier: Apache-2.0
#include "pomona/output_tables/finished_shards.h"

#include <algorithm>
#include <atomic>
#include <set>
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

Json failures_json(const std::vector<FileFailure>& failures) {
  Json list = Json::array();
  for (const FileFailure& failure : failures) {
    list.push_back({{"split", split_name(failure.split)},
                    {"path", failure.path},
                    {"stage", failure.stage},
                    {"kind", failure.kind},
                    {"message", failure.message}});
  }
  return list;
}

std::vector<FileFailure> failures_from(const Json& list) {
  std::vector<FileFailure> failures;
  for (const Json& one : list) {
    failures.push_back({split_from_name(one.at("split").get<std::string>()),
                        one.at("path").get<std::string>(), one.at("stage").get<std::string>(),
                        one.at("kind").get<std::string>(), one.at("message").get<std::string>()});
  }
  return failures;
}

std::size_t count_of(const Json& record, const char* name) {
  return record.at(name).get<std::size_t>();
}

// Throws corrupt for a record of another shape than Writer::finish() gives it.
void check_record(const Json& record, const std::vector<std::string>& tables) {
  constexpr std::string_view kWhere = "a record of finished work";
  for (const char* name : {"shard", "files", "ok", "failed", "skipped", "bytes"}) {
    (void)read_member<std::uint64_t>(record, name, kWhere);
  }
  (void)read_member<std::string>(record, "first_path", kWhere);
  const Json& parts = member_of(record, "parts", kWhere);
  for (const std::string& table : tables) {
    const auto digest = read_member<std::string>(parts, table, kWhere);
    if (is_sha256(digest)) continue;
    throw Error(ErrorKind::kCorrupt, "reading a record of finished work: '" + digest +
                                         "' is no SHA-256; expected 64 hexadecimal digits");
  }
  const Json& failures = member_of(record, "failures", kWhere);
  if (!failures.is_array()) {
    throw Error(ErrorKind::kCorrupt, "reading a record of finished work: its failures are no list");
  }
  for (const Json& failure : failures) {
    for (const char* name : {"split", "path", "stage", "kind", "message"}) {
      (void)read_member<std::string>(failure, name, kWhere);
    }
  }
  (void)failures_from(failures);
}

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
    Json digests = Json::object();
    for (const auto& [table, bytes] : parts_.finish()) {
      std::string digest = sha256(bytes);
      owner_.work_.write(work_key_of(table, shard_.number, digest), bytes);
      digests[table] = std::move(digest);
    }
    const std::size_t files = shard_.last - shard_.first;
    owner_.keep(
        shard_.number,
        {{"shard", shard_.number},
         {"first_path", std::string(files == 0 ? "" : owner_.manifest_.rows[shard_.first].path)},
         {"files", files},
         {"ok", counts_[FileStatus::kOk]},
         {"failed", counts_[FileStatus::kFailed]},
         {"skipped", counts_[FileStatus::kSkipped]},
         {"bytes", bytes_},
         {"parts", std::move(digests)},
         {"failures", failures_json(failures_)}});
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

std::size_t FinishedShards::failed(std::size_t shard) const {
  return count_of(record(shard), "failed");
}

std::vector<std::string> FinishedShards::tables() const {
  std::vector<std::string> tables = {"manifest", "features"};
  if (with_previews_) tables.emplace_back("previews");
  return tables;
}

std::string FinishedShards::digest(const std::string& table, std::size_t shard) const {
  return record(shard).at("parts").at(table).get<std::string>();
}

std::string FinishedShards::work_key(const std::string& table, std::size_t shard) const {
  return work_key_of(table, shard, digest(table, shard));
}

bool FinishedShards::is_record(const Json& record) const {
  try {
    check_record(record, tables());
    return true;
  } catch (const Error& error) {
    if (error.kind() != ErrorKind::kCorrupt) throw;
    return false;
  }
}

std::optional<Json> FinishedShards::load(std::size_t shard, bool& damaged) const {
  std::optional<Json> record = read_checked_json(work_, record_key(shard));
  if (!record || !is_record(*record)) {
    damaged = true;
    return std::nullopt;
  }
  for (const std::string& table : tables()) {
    const auto wanted = record->at("parts").at(table).get<std::string>();
    const std::string key = work_key_of(table, shard, wanted);
    if (work_.exists(key) && sha256(work_.read(key)) == wanted) continue;
    damaged = true;
    return std::nullopt;
  }
  return record;
}

std::size_t FinishedShards::find(std::size_t workers) {
  std::set<std::string> there;
  work_.list(kRecords, [&](const ObjectInfo& object) { there.insert(object.key); });
  std::atomic<std::size_t> damaged_count = 0;
  parallel_for(shards_.size(), std::max(workers, work_.concurrent_reads()),
               [&](std::size_t shard, std::size_t) {
                 if (records_[shard] || !there.contains(record_key(shard))) return;
                 bool damaged = false;
                 records_[shard] = load(shard, damaged);
                 if (!damaged) return;
                 work_.remove(record_key(shard));
                 ++damaged_count;
               });
  return damaged_count;
}

const Json& FinishedShards::record(std::size_t shard) const {
  if (const std::optional<Json>& record = records_[shard]) return *record;
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
  const Json& made = record(shard);
  block.failures = failures_from(made.at("failures"));
  block.bytes = made.at("bytes").get<std::uint64_t>();
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
void FinishedShards::keep(std::size_t shard, const Json& record) {
  const std::string key = record_key(shard);
  records_[shard] = record;
  if (work_.write_if_absent(key, print_checked_json(record))) return;
  bool damaged = false;
  const std::optional<Json> other = load(shard, damaged);
  if (!other || other->at("parts") != record.at("parts")) {
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
    const Json& made = record(shard.number);
    csv.integer(made.at("shard").get<std::int64_t>());
    csv.text(made.at("first_path").get<std::string>());
    for (const char* name : {"files", "ok", "failed", "skipped", "bytes"})
      csv.integer(made.at(name).get<std::int64_t>());
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
