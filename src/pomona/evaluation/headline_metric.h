// SPDX-License-Identifier: Apache-2.0
// What scores are called, and which of them is the headline metric.
#pragma once

#include <cstddef>
#include <string>

#include "pomona/base/json.h"
#include "pomona/dataset/scan.h"
#include "pomona/evaluation/cross_validation.h"
#include "pomona/evaluation/evaluate.h"
#include "pomona/evaluation/pixel_baseline.h"

namespace pomona {

Score main_score(SplitKind split_kind, bool grouped, std::size_t train_rows);
Score another_split_score(bool by_group, std::size_t train_rows);
Score cross_validated_score(const CrossValidation& validation, bool grouped);
// … of the photographs of one source among several.
Score source_score(const std::string& source);
Json pixel_score_json(const PixelBaseline& baseline);

// One sentence that names the headline metric and its evaluation protocol, from the scores of
// metrics.json.
std::string headline_metric(const Json& metrics);

}  // namespace pomona
