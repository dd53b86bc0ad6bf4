// SPDX-License-Identifier: Apache-2.0
// The evaluation protocols, and which of them gives the headline metric. Any thread.
#pragma once

#include <cstddef>
#include <span>
#include <string>

#include "pomona/dataset/scan.h"
#include "pomona/evaluation/cross_validation.h"
#include "pomona/evaluation/evaluation_results.h"
#include "pomona/evaluation/pixel_baseline.h"

namespace pomona {

Protocol main_protocol(SplitKind split_kind, bool grouped, std::size_t train_rows);
Protocol another_split_protocol(bool by_group, std::size_t train_rows);
Protocol cross_validated_protocol(const CrossValidation& validation, bool grouped);
// … of the photographs of one source among several.
Protocol source_protocol(const std::string& source);
ProtocolMetrics pixel_metrics(const PixelBaseline& baseline);

// One sentence that names the headline metric and its evaluation protocol. `classes`: those that
// the first metrics are measured over; empty: of none.
std::string headline_metric(std::span<const ProtocolMetrics> metrics,
                            std::span<const LabelMetrics> classes);

}  // namespace pomona
