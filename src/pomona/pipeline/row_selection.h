// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstddef>
#include <span>

#include "pomona/base/matrix.h"
#include "pomona/pipeline/row_file.h"

namespace pomona {

// Reads the rows `chosen` (ascending) of a file into `rows`, in one read where they lie close
// together.
void read_rows(const RowFile& file, std::span<const std::size_t> chosen, MatrixView<float> rows);

}  // namespace pomona
