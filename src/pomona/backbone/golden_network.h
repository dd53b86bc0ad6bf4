// SPDX-License-Identifier: Apache-2.0
// For tests only: the network that tools/golden_tiny_network.py wrote, as a backbone, and what ONNX
// Runtime answers to its pictures. Any thread.
#pragma once

#include <cstddef>
#include <fstream>
#include <sstream>
#include <stdexcept>
#include <string>
#include <vector>

#include "pomona/backbone/featurizer.h"
#include "pomona/backbone/import_backbone.h"
#include "pomona/base/json.h"

namespace pomona {

inline std::string golden_network_path(const std::string& name) {
  return std::string(POMONA_GOLDEN) + "/tiny_network/" + name;
}

inline ImportOptions golden_import_options(TensorLayout layout = TensorLayout::kNchw) {
  ImportOptions options;
  options.spec.name = "tiny";
  options.spec.size = 32;
  options.spec.layout = layout;
  options.spec.source = "tools/golden_tiny_network.py";
  options.spec.license = "Apache-2.0";
  options.features_output = "features";
  options.logits_output = "logits";
  options.license_text = "the text of its licence\n";
  return options;
}

inline Backbone golden_backbone() {
  return import_backbone(golden_network_path("tiny.onnx"), golden_import_options());
}

struct GoldenAnswers {
  std::vector<std::vector<float>> features;  // one a picture
  std::vector<std::vector<float>> logits;
};

inline GoldenAnswers golden_answers() {
  std::ifstream file(golden_network_path("expected.json"));
  if (!file) throw std::runtime_error("no golden answers; run tools/golden_tiny_network.py");
  std::ostringstream text;
  text << file.rdbuf();
  const Json json = parse_json(text.str(), "expected.json");
  return {json.at("features").get<std::vector<std::vector<float>>>(),
          json.at("logits").get<std::vector<std::vector<float>>>()};
}

// Writes picture `number` of the golden answers, whatever the layout.
inline void fill_golden_picture(std::size_t number, TensorLayout layout, std::span<float> input) {
  const std::size_t pixels = input.size() / 3;
  for (std::size_t channel = 0; channel < 3; ++channel) {
    for (std::size_t pixel = 0; pixel < pixels; ++pixel) {
      const std::size_t index = channel * pixels + pixel;
      const auto level = static_cast<float>((index * 7 + 13 * number) % 255);
      input[layout == TensorLayout::kNchw ? index : pixel * 3 + channel] = (level - 127) / 128;
    }
  }
}

}  // namespace pomona
