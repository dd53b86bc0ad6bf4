// SPDX-License-Identifier: Apache-2.0
#include <algorithm>

#include "pomona/base/bounds.h"
#include "pomona/extract/extract.h"

namespace pomona {
namespace {

constexpr std::size_t kMostShards = 65'536;

}  // namespace

void ExtractOptions::check() const {
  check_given("backbone", !backbone.empty(), "the name of a backbone");
  check_given("models", !models.empty(), "the folder of installed backbones");
  check_range_or_zero("size", size, kLeastSide, kMostSide);
  crops_from_names(crop_names(crops));  // of a front these need not be written by name
  check_range_or_zero("batch", batch, 1, static_cast<int>(kMostBatch));
  if (size > 0 && batch > 0) check_batch(std::ranges::max(sizes_of_crops(crops, size)), batch);
  check_range("workers", workers, 0, kMostWorkers);
  check_range("max_failures", max_failures, 0, 1);
  check_range("part_files", part_files, 1, kMostPartFiles);
  limits.check();
}

void ShardShare::check() const {
  check_range("shard", count, 1, kMostShards, " machines");
  check_range("shard", index, 0, count - 1);
}

}  // namespace pomona
