// SPDX-License-Identifier: Apache-2.0
// The pixel baseline: 1-NN on 16 × 16 pixels, which stands beside the headline metric. Call from
// one thread; it uses `workers`.
#pragma once

#include <cstddef>
#include <optional>

#include "pomona/dataset/table_rows.h"
#include "pomona/extract/small_pictures.h"

namespace pomona {

// How often the nearest training photograph on 16 × 16 pixels has the right label: no network, no
// learning. High values mean that test photographs have near-duplicates in training. Of at most
// 20,000 training and 2,000 test photographs. None when there is nothing to compare.
struct PixelBaseline {
  double accuracy = 0;
  std::size_t train_rows = 0;
  std::size_t test_rows = 0;
};
std::optional<PixelBaseline> pixel_baseline(const SmallPictures& pictures, const TableRows& rows,
                                            std::size_t workers);

}  // namespace pomona
