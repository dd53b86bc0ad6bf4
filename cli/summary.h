// SPDX-License-Identifier: Apache-2.0
// What a verb prints when it is done.
#pragma once

#include <string>

#include "pomona/base/json.h"

namespace pomona::cli {

// Photographs, settings and rate, from run.json.
void print_extraction(const Json& record);
// One line for each entry of `metrics` in metrics.json.
void print_metrics(const Json& metrics);
void print_summary(const Json& record, const Json& metrics, const std::string& out, bool as_json);

}  // namespace pomona::cli
