// SPDX-License-Identifier: Apache-2.0
// What was learnt, put together as a bundle. Used by one thread.
#pragma once

#include <cstddef>
#include <optional>
#include <string>
#include <vector>

#include "pomona/bundle/bundle.h"
#include "pomona/catalogue/catalogue.h"
#include "pomona/features/extract_setup.h"
#include "pomona/training/reduce.h"
#include "pomona/training/train.h"

namespace pomona {

// What was learnt, as a bundle has it.
struct TrainedParts {
  Reduction reduction;
  TrainedClassifier trained;
  RejectOption reject_option;
  std::vector<VarietyClassifier> varieties;
  std::vector<std::string> studio_only;
};

// Puts together what prediction needs and answers the self-check with it. `metrics`: as
// Bundle::metrics.
Bundle make_bundle(const ExtractSetup& setup, TrainedParts parts, const TableRows& rows,
                   const std::optional<Catalogue>& catalogue, std::string metrics);

}  // namespace pomona
