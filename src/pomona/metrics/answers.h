// SPDX-License-Identifier: Apache-2.0
// Rows of answers against their labels, for the sources of this module. Any thread.
#pragma once

#include <cstddef>
#include <cstdint>
#include <span>

#include "pomona/base/matrix.h"

namespace pomona {

// Throws invalid_input unless there is a label for every row, from -1 to cols() - 1, and every
// value is finite. `what` begins the message.
void check_answers(const char* what, MatrixView<const double> values,
                   std::span<const std::int32_t> labels);

// Throws invalid_input unless there are no groups, or one for each of `rows`.
void check_groups(const char* what, std::span<const std::int32_t> groups, std::size_t rows);

// Is the label among the three largest values of the row? Of equals the earlier class counts first.
// Never for -1.
bool among_first_three(std::span<const double> row, std::int32_t label);

}  // namespace pomona
