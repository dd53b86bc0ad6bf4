// SPDX-License-Identifier: Apache-2.0
// The pixel baseline: 1-NN on 16 × 16 pixels, which stands beside the headline metric. Call from
// one thread; it uses `workers`.
#pragma once

#include <cstddef>
#include <optional>

#include "pomona/dataset/table_rows.h"
#include "pomona/extract/previews.h"

namespace pomona {

// How often the nearest training photograph on 16 × 16 pixels has the right label: no network, no
// learning. High values mean that test photographs have near-duplicates in training. Of at most
// 20,000 training and 2,000 test photographs. None when there is nothing to compare. Throws corrupt
// for a preview that cannot be decoded.
struct PixelBaseline {
  double accuracy = 0;
  std::size_t train_rows = 0;
  std::size_t test_rows = 0;
};
std::optional<PixelBaseline> pixel_baseline(const Previews& previews, const TableRows& rows,
                                            std::size_t workers);

}  // namespace pomona
