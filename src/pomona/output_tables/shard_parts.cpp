// SPDX-License-Identifier: Apache-2.0
#include "pomona/output_tables/shard_parts.h"

#include <algorithm>
#include <utility>

#include "pomona/base/error.h"
#include "pomona/table/parquet_reader.h"
#include "pomona/table/schema.h"

namespace pomona {
namespace {

[[noreturn]] void fail_part(const std::string& table, std::string_view path) {
  throw Error(ErrorKind::kCorrupt, "reading the part of '" + table +
                                       "' of a finished shard: the row of '" + std::string(path) +
                                       "' is missing or not in its place; run `pomona clean`");
}

template <class Batch>
void add_key(const Manifest& manifest, const ManifestRow& row, Batch& batch) {
  batch.path.emplace_back(row.path);
  batch.label.push_back(manifest.label(row));
  batch.split.emplace_back(split_name(row.split));
}

// Walks over rows of the manifest as a table names some of them, in order.
class RowWalk {
 public:
  RowWalk(const Manifest& manifest, std::string table, std::size_t first, std::size_t last)
      : manifest_(manifest), table_(std::move(table)), next_(first), last_(last) {}

  // The next row with this path; rows between are passed over.
  std::size_t find(const std::string& path, const std::string& split) {
    while (next_ < last_) {
      const ManifestRow& row = manifest_.rows[next_++];
      if (row.path == path && split_name(row.split) == split) return next_ - 1;
    }
    fail_part(table_, path);
  }

 private:
  const Manifest& manifest_;
  std::string table_;
  std::size_t next_;
  std::size_t last_;
};

template <class Batch, class Take>
void read_part(std::map<std::string, std::string>& parts, const std::string& table,
               const Take& take) {
  MemoryStore memory;
  memory.write("part.parquet", parts.at(table));
  parts.erase(table);
  TableReader<Batch> reader(memory, "part.parquet");
  Batch batch;
  while (reader.next(batch)) take(batch);
}

}  // namespace

ShardParts::ShardParts(const Manifest& manifest, bool with_previews)
    : rows_of_(manifest),
      with_previews_(with_previews),
      manifest_(memory_, "manifest"),
      features_(memory_, "features"),
      previews_(memory_, "previews") {}

void ShardParts::add(const ExtractedBlock& block) {
  add_manifest_rows(block);
  add_features(block);
  if (with_previews_) add_previews(block);
}

void ShardParts::add_manifest_rows(const ExtractedBlock& block) {
  ManifestBatch batch;
  for (std::size_t i = 0; i < block.status.size(); ++i) {
    const ManifestRow& row = rows_of_.rows[block.first + i];
    add_key(rows_of_, row, batch);
    batch.bytes.push_back(static_cast<std::int64_t>(row.bytes));
    batch.status.emplace_back(file_status_name(block.status[i]));
  }
  batch.sha256 = block.sha256;
  batch.damage = block.damage;
  manifest_.add(batch);
}

void ShardParts::add_features(const ExtractedBlock& block) {
  FeatureBatch batch;
  for (std::size_t i = 0; i < block.status.size(); ++i) {
    if (block.status[i] == FileStatus::kOk)
      add_key(rows_of_, rows_of_.rows[block.first + i], batch);
  }
  if (batch.rows() == 0) return;
  batch.features = Matrix<float>(batch.rows(), block.features.size() / batch.rows());
  std::ranges::copy(block.features, batch.features.data());
  features_.add(batch);
}

void ShardParts::add_previews(const ExtractedBlock& block) {
  PreviewBatch batch;
  for (const std::size_t row : block.preview_rows) add_key(rows_of_, rows_of_.rows[row], batch);
  batch.jpeg = block.previews;
  previews_.add(batch);
}

std::map<std::string, std::string> ShardParts::finish() {
  std::map<std::string, std::string> parts;
  const auto take = [&](auto& writer, const std::string& table) {
    writer.finish();
    const std::string key = table + "/" + part_name(0);
    parts.emplace(table, memory_.read(key));
    memory_.remove(key);
  };
  take(manifest_, "manifest");
  take(features_, "features");
  if (with_previews_) take(previews_, "previews");
  return parts;
}

ExtractedBlock read_shard_parts(std::map<std::string, std::string> parts, const Manifest& manifest,
                                std::size_t first, std::size_t last) {
  ExtractedBlock block;
  block.first = first;
  RowWalk files(manifest, "manifest", first, last);
  read_part<ManifestBatch>(parts, "manifest", [&](ManifestBatch& batch) {
    for (std::size_t i = 0; i < batch.rows(); ++i) {
      if (files.find(batch.path[i], batch.split[i]) != block.last())
        fail_part("manifest", batch.path[i]);
      block.status.push_back(file_status_from_name(batch.status[i]));
      block.sha256.push_back(std::move(batch.sha256[i]));
      block.damage.push_back(batch.damage[i]);
    }
  });
  if (block.last() != last) fail_part("manifest", manifest.rows[block.last()].path);
  std::size_t rows = 0;
  RowWalk ok_rows(manifest, "features", first, last);
  read_part<FeatureBatch>(parts, "features", [&](const FeatureBatch& batch) {
    for (std::size_t i = 0; i < batch.rows(); ++i, ++rows) {
      const std::size_t row = ok_rows.find(batch.path[i], batch.split[i]);
      if (block.status[row - first] != FileStatus::kOk) fail_part("features", batch.path[i]);
    }
    block.features.insert(block.features.end(), batch.features.data(),
                          batch.features.data() + batch.features.size());
  });
  if (rows != static_cast<std::size_t>(std::ranges::count(block.status, FileStatus::kOk))) {
    fail_part("features", "the last photograph");
  }
  if (!parts.contains("previews")) return block;
  RowWalk previewed(manifest, "previews", first, last);
  read_part<PreviewBatch>(parts, "previews", [&](PreviewBatch& batch) {
    for (std::size_t i = 0; i < batch.rows(); ++i) {
      block.preview_rows.push_back(previewed.find(batch.path[i], batch.split[i]));
      block.previews.push_back(std::move(batch.jpeg[i]));
    }
  });
  return block;
}

}  // namespace pomona
