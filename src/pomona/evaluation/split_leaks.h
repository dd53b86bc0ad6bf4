// SPDX-License-Identifier: Apache-2.0
// What a test does not ask, because training has seen it: copies of training photographs, and
// near-duplicates of them. And copies under two labels, of which one is wrong. Any thread.
#pragma once

#include <cstddef>
#include <string>
#include <vector>

#include "pomona/base/execution.h"
#include "pomona/base/json.h"
#include "pomona/base/row_file.h"
#include "pomona/dataset/table_rows.h"

namespace pomona {

// Photographs with exactly the same features (dataset/feature_copies.h).
struct CopyMetrics {
  std::size_t photographs = 0;  // that have a copy
  std::size_t test_rows = 0;    // of the test, with a copy in training
  std::size_t two_labels = 0;   // that have a copy with another label
  struct Photograph {
    std::string path;
    std::string split;
    std::string label;
  };
  struct Contradiction {
    Photograph one;
    Photograph other;  // the same photograph with another label
  };
  std::vector<Contradiction> contradictions;  // the first ones
};
CopyMetrics copy_metrics(const TableRows& rows);

// Photographs of the test with one of training within a cosine distance, whatever its label, as
// their components lie around the mean of their source. Copies are among them.
struct NearDuplicateMetrics {
  double distance = 0;
  std::size_t test_rows = 0;  // that have one
  std::size_t compared = 0;   // of the test: fewer than all where there are many photographs
};
// Within 0.1, which photographs keep that were saved again, reduced, or cut a little. At most
// kMostComparisons pairs of rows, spread evenly over the test. `sources` as in
// near_duplicate_groups.
inline constexpr std::size_t kMostComparisons = 200'000'000;
NearDuplicateMetrics near_duplicate_metrics(const TableRows& rows, const RowFile& components,
                                            const std::vector<std::string>& sources,
                                            const Execution& execution,
                                            std::size_t most_comparisons = kMostComparisons);

// As in metrics.json.
Json copies_json(const CopyMetrics& copies);
Json near_duplicates_json(const NearDuplicateMetrics& near);

// Sentences for the user; none where nothing is wrong.
std::vector<std::string> copy_warnings(const CopyMetrics& copies, std::size_t test_rows);

}  // namespace pomona
