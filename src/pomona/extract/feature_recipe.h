// SPDX-License-Identifier: Apache-2.0
// What a row of features depends on, apart from its photograph. Rows of an earlier run are taken,
// and an unfinished run is resumed, where this is the same. Any thread.
#pragma once

#include "pomona/base/json.h"
#include "pomona/features/extract_setup.h"

namespace pomona {

// Raised by whoever changes decoding, resizing, crops or the use of the engine so that features
// change.
inline constexpr int kFeatureRecipe = 2;

// Backbone, size, precision, fit, crops and batch, kFeatureRecipe, and the engine's version: for
// `features_by` of run.json. Not the versions of everything, nor the processor: an upgrade of
// Pomona or another machine of the same precision must not cost a million good rows.
Json feature_recipe(const ExtractSetup& setup);

}  // namespace pomona
