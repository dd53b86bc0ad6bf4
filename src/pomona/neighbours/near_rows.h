// SPDX-License-Identifier: Apache-2.0
// Which rows have a near one among others: photographs of a test with a near-duplicate in training.
// Any thread.
#pragma once

#include <cstdint>
#include <span>

#include "pomona/base/matrix.h"

namespace pomona {

// Sets near[i] to 1 for each query within `distance` of a reference: one minus the cosine of their
// directions, as directions_from() gives them; others stay as they are, so that references come
// block by block. Time grows with references × queries. The same for any number of workers.
void mark_near_rows(MatrixView<const float> references, MatrixView<const float> queries,
                    double distance, std::size_t workers, std::span<std::uint8_t> near);

}  // namespace pomona
