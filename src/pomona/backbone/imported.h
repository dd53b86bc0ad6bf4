// SPDX-License-Identifier: Apache-2.0
// For tests only: what importing a network ends with. Any thread.
#pragma once

#include <algorithm>
#include <string>
#include <vector>

#include "pomona/backbone/golden_network.h"
#include "pomona/backbone/openvino_featurizer.h"
#include "pomona/base/error.h"

namespace pomona {

inline std::string importing(const std::string& path, const ImportOptions& options) {
  try {
    import_backbone(path, options);
    return "nothing";
  } catch (const Error& error) {
    return std::string(error_kind_name(error.kind())) + ": " + error.what();
  }
}

inline ImportOptions asking_for(const std::string& features) {
  ImportOptions options = golden_import_options();
  options.features_output = features;
  options.logits_output.clear();
  return options;
}

inline std::vector<float> features_of(const Backbone& backbone) {
  FeaturizerOptions options;
  options.batch = 1;
  const auto featurizer = make_openvino_featurizer(backbone, options);
  fill_golden_picture(0, backbone.spec.layout, featurizer->input(0, 0));
  featurizer->submit(0);
  const auto row = featurizer->collect(0).row(0);
  return {row.begin(), row.end()};
}

// … of a picture whose input is `value` everywhere.
inline std::vector<float> features_of_level(const Backbone& backbone, float value) {
  FeaturizerOptions options;
  options.batch = 1;
  const auto featurizer = make_openvino_featurizer(backbone, options);
  std::ranges::fill(featurizer->input(0, 0), value);
  featurizer->submit(0);
  const auto row = featurizer->collect(0).row(0);
  return {row.begin(), row.end()};
}

}  // namespace pomona
