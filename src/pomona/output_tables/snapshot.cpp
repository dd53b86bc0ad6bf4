// SPDX-License-Identifier: Apache-2.0
#include "pomona/output_tables/snapshot.h"

#include <algorithm>

#include "pomona/base/digest.h"
#include "pomona/base/error.h"
#include "pomona/dataset/label_numbers.h"
#include "pomona/table/parquet_reader.h"
#include "pomona/table/parquet_writer.h"

namespace pomona {
namespace {

constexpr std::size_t kBatchRows = 4096;
constexpr const char* kTable = "snapshot";

// Failures stand in the order of the rows they belong to.
class FailureWalk {
 public:
  explicit FailureWalk(const Manifest& manifest) : next_(manifest.failures.begin()) {}

  const FileFailure& of(const ManifestRow& row) {
    const FileFailure& failure = *next_++;
    if (failure.split != row.split || failure.path != row.path) {
      throw Error(ErrorKind::kInternal, "writing a snapshot: '" + std::string(row.path) +
                                            "' has failed, the failure is that of '" +
                                            failure.path + "'");
    }
    return failure;
  }

 private:
  std::vector<FileFailure>::const_iterator next_;
};

void add(const Manifest& manifest, const ManifestRow& row, FailureWalk& failures,
         SnapshotBatch& batch) {
  batch.path.emplace_back(row.path);
  batch.label.push_back(manifest.label(row));
  batch.split.emplace_back(split_name(row.split));
  batch.bytes.push_back(static_cast<std::int64_t>(row.bytes));
  batch.version.emplace_back(row.version);
  batch.status.emplace_back(file_status_name(row.status));
  const bool failed = row.status == FileStatus::kFailed;
  const FileFailure none;
  const FileFailure& failure = failed ? failures.of(row) : none;
  const bool skipped = row.status == FileStatus::kSkipped;
  batch.problem_kind.push_back(skipped ? std::string(skip_reason_name(row.skip_reason))
                                       : failure.kind);
  batch.problem.push_back(failure.message);
}

}  // namespace

void write_snapshot(const Manifest& manifest, ObjectStore& store) {
  SnapshotWriter writer(store, kTable);
  FailureWalk failures(manifest);
  for (std::size_t first = 0; first < manifest.rows.size(); first += kBatchRows) {
    SnapshotBatch batch;
    const std::size_t last = std::min(first + kBatchRows, manifest.rows.size());
    for (std::size_t i = first; i < last; ++i) add(manifest, manifest.rows[i], failures, batch);
    writer.add(batch);
  }
  writer.finish();
}

Manifest read_snapshot(const ObjectStore& store) {
  Manifest manifest;
  LabelNumbers labels;
  SnapshotReader reader(store, kTable);
  SnapshotBatch batch;
  while (reader.next(batch)) {
    for (std::size_t i = 0; i < batch.rows(); ++i) {
      ManifestRow row;
      row.path = manifest.texts->keep(batch.path[i]);
      row.split = split_from_name(batch.split[i]);
      row.bytes = static_cast<std::uint64_t>(batch.bytes[i]);
      row.version = manifest.texts->keep(batch.version[i]);
      row.status = file_status_from_name(batch.status[i]);
      if (row.status == FileStatus::kSkipped) {
        row.skip_reason = skip_reason_from_name(batch.problem_kind[i]);
      }
      if (row.status == FileStatus::kFailed) {
        manifest.failures.push_back(
            {row.split, batch.path[i], "list", batch.problem_kind[i], batch.problem[i]});
      }
      row.label = labels.number(batch.label[i]);
      manifest.rows.push_back(row);
    }
  }
  labels.settle(manifest);
  return manifest;
}

std::string digest_of_listing(const Manifest& manifest) {
  Sha256 digest;
  for (const ManifestRow& row : manifest.rows) {
    std::string line;
    for (const std::string_view word :
         {row.path, std::string_view(manifest.label(row)), split_name(row.split), row.version,
          file_status_name(row.status)}) {
      line.append(std::to_string(word.size())).append(":").append(word);
    }
    digest.add(line + std::to_string(row.bytes) + "\n");
  }
  return digest.finish();
}

}  // namespace pomona
