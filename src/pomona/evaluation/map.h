// SPDX-License-Identifier: Apache-2.0
// map.json: photographs as points in a plane, alike ones near each other.
#pragma once

#include <cstddef>
#include <vector>

#include "pomona/base/json.h"
#include "pomona/base/row_file.h"
#include "pomona/dataset/table_rows.h"

namespace pomona {

// At most 1,200 rows, chosen by a hash of their paths, ascending.
std::vector<std::size_t> map_rows(const TableRows& rows);

// Of map_rows(), from their first 50 components.
Json make_map(const RowFile& scores, const TableRows& rows, std::size_t workers);

}  // namespace pomona
