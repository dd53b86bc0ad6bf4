// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstddef>
#include <optional>
#include <string>
#include <vector>

#include "pomona/base/json.h"
#include "pomona/bundle/bundle.h"
#include "pomona/pipeline/learn_tables.h"

namespace pomona {

// What was learnt, as a bundle has it.
struct LearntParts {
  Reduction reduction;
  TrainedClassifier trained;
  Refusal refusal;
  std::vector<VarietyClassifier> varieties;
  std::vector<std::string> studio_only;
};

// Puts together what prediction needs and answers the self-check with it. `metrics`: metrics.json,
// of which the figures without photographs' names are kept.
Bundle make_bundle(const FeatureOrigin& origin, LearntParts parts, const TableRows& rows,
                   const std::optional<Catalogue>& catalogue, const Json& metrics);

}  // namespace pomona
