// SPDX-License-Identifier: Apache-2.0
#include "pomona/extract/checkpoints.h"

#include <string>

#include "pomona/base/error.h"

namespace pomona {

std::vector<Shard> cut_into_shards(std::size_t rows, std::size_t part_files) {
  if (part_files == 0) {
    throw Error(ErrorKind::kInvalidInput,
                "cutting " + std::to_string(rows) +
                    " files into shards: part_files is 0; expected at least 1 file a shard");
  }
  std::vector<Shard> shards;
  shards.reserve(rows / part_files + 1);
  for (std::size_t first = 0; first < rows || shards.empty();) {
    const std::size_t last = rows - first > part_files ? first + part_files : rows;
    shards.push_back({shards.size(), first, last});
    first = last;
  }
  return shards;
}

}  // namespace pomona
