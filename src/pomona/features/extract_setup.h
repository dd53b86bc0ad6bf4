// SPDX-License-Identifier: Apache-2.0
// How photographs become features, with every setting decided: what extraction is given, what a
// bundle repeats. Any thread.
#pragma once

#include <cstddef>
#include <functional>
#include <vector>

#include "pomona/backbone/backbone.h"
#include "pomona/backbone/featurizer.h"
#include "pomona/features/crop.h"
#include "pomona/features/crop_networks.h"
#include "pomona/image/resize.h"

namespace pomona {

struct ExtractSetup {
  Backbone backbone;
  FeaturizerOptions featurizer;
  Fit fit = Fit::kSquash;
  std::vector<Crop> crops = {Crop()};

  // Numbers in a row of features: those of each crop, one after the other.
  std::size_t row_width() const {
    return crops.size() * static_cast<std::size_t>(backbone.spec.feature_count);
  }
};

// What its crops need, compiled. Throws as CropNetworks and make_openvino_featurizer().
CropNetworks make_networks(const ExtractSetup& setup);

// That, or networks of another engine for the same setup.
using MakeNetworks = std::function<CropNetworks(const ExtractSetup&)>;

}  // namespace pomona
