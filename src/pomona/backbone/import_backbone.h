// SPDX-License-Identifier: Apache-2.0
// Makes a backbone out of a network somebody else trained: ONNX, TensorFlow SavedModel, TFLite or
// OpenVINO IR, read by OpenVINO's front ends. None of these formats runs code on loading. Any
// thread.
#pragma once

#include <array>
#include <optional>
#include <string>
#include <string_view>

#include "pomona/backbone/backbone.h"

namespace pomona {

// How tokens (N × tokens × width) and spatial maps (N×C×H×W, or N×H×W×C by layout) become features:
// their mean, the first token, or all of them one after the other.
enum class Pool { kMean, kCls, kNone };

std::string_view pool_name(Pool pool);       // "mean", "cls", "none"
Pool pool_from_name(std::string_view name);  // throws invalid_input

struct ImportOptions {
  // name, size, layout, channels, source, license; the rest is found out.
  BackboneSpec spec;
  // In the order of spec.channels. None: 127 and 128; for a network of whole numbers those that
  // leave pixels as they are.
  std::optional<std::array<float, 3>> mean;
  std::optional<std::array<float, 3>> std_dev;
  // Names of outputs or of nodes; features empty: the only output.
  std::string features_output;
  Pool pool = Pool::kMean;
  std::string logits_output;
  std::string license_text;

  // Throws invalid_input; each message begins with the field that it is about.
  void check() const;
};

// `path`: a file, or a folder for SavedModel. A network that takes any number of pictures at a time
// is kept so; another is kept for the number it was exported for (spec.batch). Throws not_found,
// invalid_input (with the outputs there are when the one asked for is not), corrupt.
Backbone import_backbone(const std::string& path, const ImportOptions& options);

}  // namespace pomona
