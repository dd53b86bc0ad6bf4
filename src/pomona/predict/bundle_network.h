// SPDX-License-Identifier: Apache-2.0
// The network of a bundle, ready to run. Any thread, each with a bundle of its own where
// find_network() changes it.
#pragma once

#include <cstddef>
#include <string>
#include <string_view>

#include "pomona/backbone/backbone.h"
#include "pomona/base/progress.h"
#include "pomona/bundle/bundle.h"
#include "pomona/features/extract_setup.h"
#include "pomona/features/preprocess.h"
#include "pomona/image/resize.h"

namespace pomona {

BackboneSpec backbone_spec_of(const Bundle& bundle);
Backbone backbone_of(const Bundle& bundle);

// Gives a bundle without a network that of the installed backbone it was made with; `models` is
// their folder, which a bundle with its own network does not need. Throws not_found where there is
// none of that name, invalid_input where it is another.
void find_network(Bundle& bundle, const std::string& models);

// The bundle's precision; f32, which is nearer to the truth, where this processor lacks it. The
// self-check allows for the difference.
Precision precision_here(const Bundle& bundle);

// Says so when precision_here() is another one than the bundle's.
void note_precision(const Bundle& bundle, Progress& progress);

// Throws corrupt for names that are none, crops that are there twice, more than kMostSizes, and
// sizes that are too large for the bundle's batch.
std::vector<Crop> crops_of(const Bundle& bundle);

// For its pictures, with its crops.
Preprocessor make_preprocessor(const Bundle& bundle);

// Of photographs as when the bundle was made, at its sizes and batch and precision_here().
ExtractSetup extract_setup_of(const Bundle& bundle, std::size_t slots);

}  // namespace pomona
