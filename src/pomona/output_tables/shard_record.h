// SPDX-License-Identifier: Apache-2.0
// What is written down of a shard that is finished, as values, and as JSON in the work folder. Any
// thread.
#pragma once

#include <cstddef>
#include <cstdint>
#include <map>
#include <string>
#include <vector>

#include "pomona/base/json.h"
#include "pomona/dataset/manifest.h"

namespace pomona {

struct ShardRecord {
  std::size_t shard = 0;
  std::string first_path;  // "": it has no files
  std::size_t files = 0;
  std::size_t ok = 0;
  std::size_t failed = 0;
  std::size_t skipped = 0;
  std::uint64_t bytes = 0;                   // of the photographs
  std::map<std::string, std::string> parts;  // SHA-256 by table
  std::vector<FileFailure> failures;
};

Json shard_record_json(const ShardRecord& record);
// Throws corrupt for JSON of another shape, and unless there is a digest for each of `tables`.
ShardRecord parse_shard_record(const Json& json, const std::vector<std::string>& tables);

}  // namespace pomona
