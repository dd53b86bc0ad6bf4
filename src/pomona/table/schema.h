// SPDX-License-Identifier: Apache-2.0
// The tables of docs/formats.md as plain rows: names of their columns, how they are cut into parts,
// and a batch type for each. FeatureBatch and ReducedBatch stand in
// features/, beside the interfaces that take them.
//
// A batch is a few columns of equal length; row i is the i-th element of each. Any thread.
#pragma once

#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "pomona/base/matrix.h"
#include "pomona/features/feature_sink.h"
#include "pomona/features/reduced_sink.h"

namespace pomona {

// Where tables are cut, by row count alone: bytes never depend on how rows arrived.
inline constexpr std::size_t kRowGroupRows = 2048;
inline constexpr std::size_t kPartRows = 65'536;

struct ManifestBatch {
  std::vector<std::string> path;
  std::vector<std::string> label;
  std::vector<std::string> split;
  std::vector<std::int64_t> bytes;
  std::vector<std::string> status;  // "ok", "failed" or "skipped"
  std::vector<std::string> sha256;  // of the bytes that were read; "" where none were
  std::vector<double> damage;       // the share of the photograph that is lost; 0 for a whole one

  std::size_t rows() const { return path.size(); }
};

// A listing, before anything is read.
struct SnapshotBatch {
  std::vector<std::string> path;
  std::vector<std::string> label;
  std::vector<std::string> split;
  std::vector<std::int64_t> bytes;
  std::vector<std::string> version;  // ObjectInfo::version
  std::vector<std::string> status;   // "ok", "failed" (not readable) or "skipped" (left out)
  std::vector<std::string> problem_kind;
  std::vector<std::string> problem;

  std::size_t rows() const { return path.size(); }
};

// A picture of each of some photographs.
struct PreviewBatch {
  std::vector<std::string> path;
  std::vector<std::string> label;
  std::vector<std::string> split;
  std::vector<std::string> jpeg;

  std::size_t rows() const { return path.size(); }
};

// "part-00000.snappy.parquet".
std::string part_name(std::size_t index);
// The same with the first letters of the digest of its content.
std::string part_name(std::size_t index, std::string_view digest);

// Of the Arrow library, for run.json: "26.0.1".
std::string arrow_version();

}  // namespace pomona
