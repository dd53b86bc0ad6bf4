// SPDX-License-Identifier: Apache-2.0
// What a row of features depends on, apart from its photograph. Rows of an earlier run are taken,
// and an unfinished run is resumed, where this is the same. Any thread.
#pragma once

#include <string>
#include <vector>

#include "pomona/base/json.h"
#include "pomona/features/extract_setup.h"

namespace pomona {

// Raised by whoever changes decoding, resizing, crops or the use of the engine so that features
// change.
inline constexpr int kFeatureRecipe = 2;

// Not the versions of everything, nor the processor: an upgrade of Pomona or another machine of the
// same precision must not cost a million good rows.
struct FeatureRecipe {
  std::string backbone;  // its name
  std::string backbone_digest;
  std::string input;  // input_text()
  int size = 0;
  std::string precision;
  std::string fit;
  std::vector<std::string> crops;
  int batch = 0;
  int recipe = kFeatureRecipe;
  std::string engine;  // its version

  bool operator==(const FeatureRecipe&) const = default;
};

FeatureRecipe feature_recipe(const ExtractSetup& setup);

// `features_by` of run.json.
Json recipe_json(const FeatureRecipe& recipe);
// What another version did not record, or recorded with another type, stays empty or 0: such a
// recipe equals none of feature_recipe().
FeatureRecipe parse_recipe(const Json& json);

}  // namespace pomona
