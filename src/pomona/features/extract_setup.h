// SPDX-License-Identifier: Apache-2.0
// How photographs become features, with every setting decided: what extraction is told, what a
// bundle repeats.
#pragma once

#include <cstddef>
#include <functional>
#include <vector>

#include "pomona/backbone/backbone.h"
#include "pomona/backbone/featurizer.h"
#include "pomona/features/view.h"
#include "pomona/features/view_networks.h"
#include "pomona/image/resize.h"

namespace pomona {

struct ExtractSetup {
  Backbone backbone;
  FeaturizerOptions featurizer;
  Fit fit = Fit::kSquash;
  std::vector<View> views = {View()};

  // Numbers in a row of features: those of each view, one after the other.
  std::size_t row_width() const {
    return views.size() * static_cast<std::size_t>(backbone.spec.feature_count);
  }
};

// What its views need, compiled. Throws as ViewNetworks and make_openvino_featurizer().
ViewNetworks make_networks(const ExtractSetup& setup);

// That, or networks of another engine for the same setup.
using MakeNetworks = std::function<ViewNetworks(const ExtractSetup&)>;

}  // namespace pomona
