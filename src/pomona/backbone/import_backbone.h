// SPDX-License-Identifier: Apache-2.0
// Makes a backbone out of a network somebody else trained: ONNX, TensorFlow SavedModel, TFLite or
// OpenVINO IR, read by OpenVINO's front ends. None of these formats runs code on loading. Any
// thread.
#pragma once

#include <array>
#include <optional>
#include <string>

#include "pomona/backbone/backbone.h"

namespace pomona {

struct ImportOptions {
  BackboneSpec spec;  // name, size, layout, mean, std_dev, source, license; counts are found out
  // Names of outputs or of nodes; features empty: the only output. A spatial map (N×C×H×W, or
  // N×H×W×C by layout) as features is averaged over its positions.
  std::string features_output;
  std::string logits_output;
  std::string license_text;
};

// `path`: a file, or a folder for SavedModel. Throws not_found, invalid_input (with the outputs
// there are when the one asked for is not), corrupt.
Backbone import_backbone(const std::string& path, const ImportOptions& options);

}  // namespace pomona
