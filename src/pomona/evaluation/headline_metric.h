// SPDX-License-Identifier: Apache-2.0
// What scores are called, and which of them is the headline metric. Any thread.
#pragma once

#include <cstddef>
#include <span>
#include <string>

#include "pomona/dataset/scan.h"
#include "pomona/evaluation/cross_validation.h"
#include "pomona/evaluation/evaluation_results.h"
#include "pomona/evaluation/pixel_baseline.h"

namespace pomona {

Score main_score(SplitKind split_kind, bool grouped, std::size_t train_rows);
Score another_split_score(bool by_group, std::size_t train_rows);
Score cross_validated_score(const CrossValidation& validation, bool grouped);
// … of the photographs of one source among several.
Score source_score(const std::string& source);
ScoreResult pixel_score(const PixelBaseline& baseline);

// One sentence that names the headline metric and its evaluation protocol. `classes`: those that
// the first score was measured over; empty: of none.
std::string headline_metric(std::span<const ScoreResult> scores,
                            std::span<const LabelMetrics> classes);

}  // namespace pomona
