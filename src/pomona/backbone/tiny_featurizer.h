// SPDX-License-Identifier: Apache-2.0
// A featurizer for tests: a fixed random projection of the means of 4 × 4 blocks of the picture.
// Pictures that look alike get features that are alike; no network, no file, next to no time.
#pragma once

#include <memory>

#include "pomona/backbone/featurizer.h"

namespace pomona {

inline constexpr int kTinyFeatureCount = 24;

// "tiny", 32 × 32, NCHW.
BackboneSpec tiny_backbone_spec();

// For any size of at least 4; batch 0 means 4. Computes on the thread that calls submit().
std::unique_ptr<Featurizer> make_tiny_featurizer(const FeaturizerOptions& options);

}  // namespace pomona
