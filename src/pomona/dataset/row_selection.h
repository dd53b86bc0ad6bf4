// SPDX-License-Identifier: Apache-2.0
// Selections of rows of a feature table. Any thread.
#pragma once

#include <cstddef>
#include <span>
#include <vector>

#include "pomona/base/matrix.h"
#include "pomona/base/row_file.h"
#include "pomona/dataset/table_rows.h"

namespace pomona {

// Those of the rows `chosen` that have a label which training knows.
std::vector<std::size_t> with_label(const TableRows& rows, const std::vector<std::size_t>& chosen);

// All but some, both ascending.
std::vector<std::size_t> without(const std::vector<std::size_t>& all,
                                 const std::vector<std::size_t>& some);

// Reads the rows `chosen` (ascending) of a file into `rows`, in one read where they lie close
// together.
void read_rows(const RowFile& file, std::span<const std::size_t> chosen, MatrixView<float> rows);

}  // namespace pomona
