// SPDX-License-Identifier: Apache-2.0
// The table of previews that lies beside a feature table. Any thread.
#pragma once

#include "pomona/dataset/table_rows.h"
#include "pomona/extract/previews.h"
#include "pomona/output_tables/feature_place.h"
#include "pomona/storage/object_store.h"
#include "pomona/table/parquet_reader.h"

namespace pomona {

// Those of `rows` that there are, none of dropped classes, by their numbers in `rows`.
Previews read_previews(const ObjectStore& store, const TableParts& parts, const TableRows& rows);

// Writes those of `rows` to the table `previews` of `out`, with the labels of `rows`. Writes
// nothing where no such table lies beside the features: their run kept no previews, an older
// version made them, or they are in no output folder.
void copy_previews(const FeaturePlace& features, const TableRows& rows, ObjectStore& out);

}  // namespace pomona
