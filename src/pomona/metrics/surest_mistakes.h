// SPDX-License-Identifier: Apache-2.0
// The wrong answers that were given with most confidence: where a model, or a label, is worth a
// look. Any thread.
#pragma once

#include <cstddef>
#include <cstdint>
#include <span>
#include <vector>

#include "pomona/base/matrix.h"

namespace pomona {

// Numbers of at most `most` rows whose first answer is wrong, the most probable answer first, of
// equals the earlier row. groups[i] names the group of row i: of each group there is one at most,
// for frames of one film fail alike; empty: every row on its own. Rows of an unknown label (-1) are
// passed over: no answer to them could be right. Throws invalid_input as measure(), and for another
// number of groups than rows. Any thread.
std::vector<std::size_t> surest_mistakes(MatrixView<const double> probabilities,
                                         std::span<const std::int32_t> labels,
                                         std::span<const std::int32_t> groups, std::size_t most);

}  // namespace pomona
