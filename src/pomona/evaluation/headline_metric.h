// SPDX-License-Identifier: Apache-2.0
// The evaluation protocols, and which of them gives the headline metric.
#pragma once

#include <cstddef>
#include <string>

#include "pomona/base/json.h"
#include "pomona/dataset/scan.h"
#include "pomona/evaluation/cross_validation.h"
#include "pomona/evaluation/evaluate.h"
#include "pomona/evaluation/pixel_baseline.h"

namespace pomona {

Protocol main_protocol(SplitKind split_kind, bool grouped, std::size_t train_rows);
Protocol another_split_protocol(bool by_group, std::size_t train_rows);
Protocol cross_validated_protocol(const CrossValidation& validation, bool grouped);
// … of the photographs of one source among several.
Protocol source_protocol(const std::string& source);
Json pixel_metrics_json(const PixelBaseline& baseline);

// One sentence that names the headline metric and its evaluation protocol, from `metrics` of
// metrics.json.
std::string headline_metric(const Json& metrics);

}  // namespace pomona
