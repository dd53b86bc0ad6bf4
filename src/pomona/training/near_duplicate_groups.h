// SPDX-License-Identifier: Apache-2.0
// Groups of near-duplicates: photographs of a label whose features are nearly the same. Near-
// duplicates must not lie on both sides of a split. Call from one thread; `rows` changes in place.
#pragma once

#include <cstddef>
#include <stop_token>
#include <string>
#include <vector>

#include "pomona/base/execution.h"
#include "pomona/dataset/table_rows.h"
#include "pomona/features/feature_source.h"

namespace pomona {

// Bounds of `distance`.
inline constexpr double kLeastDuplicateDistance = 1e-6;
inline constexpr double kMostDuplicateDistance = 2;

// Joins the groups of rows that have the same label and near features: the features of their first
// crop, minus the mean of their source, have a cosine distance of at most `distance`; rows linked
// through others join as well. Each source has its own mean, since seen from the mean of another
// domain all photographs of a source look alike. Rows of two sources must be near from the means of
// both. `sources`: the first part of paths; empty: all are of one. Rows of no label stay as they
// are. `scratch_folder` is for a file of all rows' features.
void join_near_duplicates(TableRows& rows, const FeatureSource& features,
                          const std::vector<std::string>& sources, double distance,
                          const std::string& scratch_folder, const Execution& execution);

}  // namespace pomona
