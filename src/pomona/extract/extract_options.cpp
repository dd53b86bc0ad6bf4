// SPDX-License-Identifier: Apache-2.0
#include "pomona/base/bounds.h"
#include "pomona/extract/extract.h"

namespace pomona {

void ExtractOptions::check() const {
  check_given("backbone", !backbone.empty(), "the name of a backbone");
  check_given("models", !models.empty(), "the folder of installed backbones");
  check_range_or_zero("size", size, kLeastSide, kMostSide);
  crops_from_names(crop_names(crops));  // of a front these need not be written by name
  check_range_or_zero("batch", batch, 1, static_cast<int>(kMostBatch));
  check_range("workers", workers, 0, kMostWorkers);
  check_range("max_failures", max_failures, 0, 1);
  check_range("part_files", part_files, 1, kMostPartFiles);
  limits.check();
}

}  // namespace pomona
