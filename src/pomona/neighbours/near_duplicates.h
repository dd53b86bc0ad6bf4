// SPDX-License-Identifier: Apache-2.0
// Groups rows that are near-duplicates by single linkage: rows that are near, and those near to
// them, belong together. Any thread.
#pragma once

#include <cstddef>
#include <cstdint>
#include <span>
#include <vector>

#include "pomona/base/matrix.h"

namespace pomona {

// A number for each of rows × dims: the first row of those it belongs with. Two rows are near when
// the cosine of their directions from `origin` (dims) is at least 1 - distance; rows that lie on it
// are near to none below a distance of 1. Time grows with rows², 10,000 rows of 1,280 dims take
// some two seconds of one core. Memory is a copy of the rows, and 1 MiB and 4 bytes a row for each
// worker, however many are near. The same for any number of workers. Throws
// invalid_input when shapes do not fit, or for a distance that is not from 0 to 2.
std::vector<std::int32_t> link_near_duplicates(MatrixView<const float> rows,
                                               std::span<const double> origin, double distance,
                                               std::size_t workers);

// The rows of a source, and their mean.
struct SeenRows {
  MatrixView<const float> rows;
  std::span<const double> origin;
};
// The same for rows of two sources, those of `one` numbered first: links a row of one with a row of
// the other when they are near as seen from both origins. Seen from one alone, the other's rows all
// lie in one direction and look alike. Uses the thread that calls; memory is two copies of the rows
// and 2 MiB. Throws as link_near_duplicates().
std::vector<std::int32_t> link_between_sources(const SeenRows& one, const SeenRows& other,
                                               double distance);

}  // namespace pomona
