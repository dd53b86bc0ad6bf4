// SPDX-License-Identifier: Apache-2.0
// tsne.json: the t-SNE plot of the photographs. Call from one thread; it uses `workers`.
#pragma once

#include <cstddef>

#include "pomona/base/json.h"
#include "pomona/base/row_file.h"
#include "pomona/dataset/table_rows.h"

namespace pomona {

// Of at most 1,200 rows, chosen by a hash of their paths, from their first 50 components.
Json make_tsne_plot(const RowFile& components, const TableRows& rows, std::size_t workers);

}  // namespace pomona
