// SPDX-License-Identifier: Apache-2.0
// The figures of an output folder, as report.h describes them, still without pictures. Any thread,
// each with figures of its own.
#pragma once

#include <cstddef>

#include "pomona/base/json.h"
#include "pomona/storage/object_store.h"

namespace pomona {

inline constexpr std::size_t kReportPairs = 24;
inline constexpr std::size_t kReportExamples = 4;  // of each pair
inline constexpr std::size_t kReportFailures = 200;
inline constexpr std::size_t kReportCells = 50'000;

// Throws as collect_report_data().
Json read_figures(const ObjectStore& out);

// Leaves out one part after the other, the least missed first, until page_json() takes at most
// `max_bytes`; adds a sentence on each to `left_out`.
void shrink_figures(Json& figures, std::size_t max_bytes);

}  // namespace pomona
