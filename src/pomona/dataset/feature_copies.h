// SPDX-License-Identifier: Apache-2.0
// Copies of one photograph in a feature table: rows with exactly the same features, which files of
// the same bytes have, and files of the same pixels. Call from one thread; `rows` changes in place.
#pragma once

#include "pomona/base/execution.h"
#include "pomona/dataset/table_rows.h"
#include "pomona/features/feature_source.h"

namespace pomona {

// Sets rows.first_copy, and joins the groups of copies. One pass over the table. Rows of dropped
// classes are copies of none.
void join_feature_copies(TableRows& rows, const FeatureSource& features,
                         const Execution& execution);

}  // namespace pomona
