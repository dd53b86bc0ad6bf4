// SPDX-License-Identifier: Apache-2.0
// What extraction makes of consecutive rows of the manifest. A value: any thread reads it, one
// thread at a time writes.
#pragma once

#include <cstddef>
#include <cstdint>
#include <string>
#include <vector>

#include "pomona/dataset/manifest.h"

namespace pomona {

struct ExtractedBlock {
  std::size_t first = 0;            // row of the manifest
  std::vector<FileStatus> status;   // one a row
  std::vector<std::string> sha256;  // one a row: of the bytes read, "" where none were
  std::vector<double> damage;       // one a row: the share of the photograph that is lost
  std::vector<float> features;      // of the rows that are ok, one after the other
  std::vector<FileFailure> failures;
  std::vector<std::size_t> preview_rows;  // rows of the manifest that have a preview
  std::vector<std::string> previews;      // one for each of them
  std::uint64_t bytes = 0;                // read, or that were read when the rows were made
  std::size_t decoded = 0;                // photographs that went through the decoder for it
  std::size_t taken = 0;                  // … whose features were known

  std::size_t last() const { return first + status.size(); }
};

}  // namespace pomona
