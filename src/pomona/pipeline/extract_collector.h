// SPDX-License-Identifier: Apache-2.0
// The end of extraction: takes workers' blocks in order, writes what became of each file into the
// manifest, and hands rows on in batches that do not depend on how files were cut into blocks.
#pragma once

#include <cstddef>
#include <cstdint>
#include <vector>

#include "pomona/pipeline/extract.h"

namespace pomona {

// What a worker made of consecutive rows of the manifest.
struct ExtractedBlock {
  std::size_t first = 0;           // row of the manifest
  std::vector<FileStatus> status;  // one a row
  std::vector<float> features;     // of the rows that are ok, one after the other
  std::vector<FileFailure> failures;
  std::vector<std::size_t> picture_rows;  // rows of the manifest that have a small picture
  std::vector<std::uint8_t> pictures;     // kSmallPictureBytes each, one after the other
  std::uint64_t bytes = 0;
};

class ExtractCollector {
 public:
  ExtractCollector(Manifest& manifest, std::size_t feature_count, const ExtractSinks& sinks);

  void add(ExtractedBlock& block);
  // Hands on what is left and ends the feature sink.
  ExtractCounts finish();

 private:
  void add_row(const ManifestRow& row, const float* features);
  void flush();

  Manifest& manifest_;
  std::size_t feature_count_;
  ExtractSinks sinks_;
  ExtractCounts counts_;
  FeatureBatch batch_;
  std::size_t filled_ = 0;
  std::vector<std::int32_t> labels_;
  std::size_t test_rows_ = 0;  // of the batch; they come before training rows
};

}  // namespace pomona
