// SPDX-License-Identifier: Apache-2.0
// The pictures that the report shows, as a table of small JPEGs.
#pragma once

#include <cstddef>
#include <vector>

#include "pomona/base/json.h"
#include "pomona/dataset/table_rows.h"
#include "pomona/extract/small_pictures.h"
#include "pomona/storage/object_store.h"

namespace pomona {

// Rows of the feature table whose pictures are worth keeping, ascending: up to twelve of each
// label, the examples of the worst pairs and the surest mistakes of `metrics` (metrics.json; may be
// null) and `tsne_rows`.
std::vector<std::size_t> rows_to_show(const TableRows& rows, const SmallPictures& pictures,
                                      const Json& metrics,
                                      const std::vector<std::size_t>& tsne_rows);

// Writes those of `chosen` that have a picture to the table `thumbnails`.
void write_thumbnails(const TableRows& rows, const SmallPictures& pictures,
                      const std::vector<std::size_t>& chosen, ObjectStore& store,
                      std::size_t workers);

}  // namespace pomona
