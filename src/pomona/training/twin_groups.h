// SPDX-License-Identifier: Apache-2.0
// Groups of photographs that show nearly the same, told by their features: what was photographed
// twice must not be learnt from and judged by.
#pragma once

#include <cstddef>
#include <stop_token>
#include <string>
#include <vector>

#include "pomona/base/execution.h"
#include "pomona/dataset/table_rows.h"
#include "pomona/features/feature_source.h"

namespace pomona {

// Joins the groups of rows that have the same label and near features: of their first view, about
// the mean of their source, a cosine distance of at most `distance`; and those linked through
// others. Another source is another way of photographing, seen from whose mean all of one would
// look alike. `sources`: the first part of paths; empty: all are of one. Rows of no label stay as
// they are. `scratch_folder` is for a file of all rows' features.
void join_near_twins(TableRows& rows, const FeatureSource& features,
                     const std::vector<std::string>& sources, double distance,
                     const std::string& scratch_folder, const Execution& execution);

}  // namespace pomona
