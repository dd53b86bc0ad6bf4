// SPDX-License-Identifier: Apache-2.0
// For tests only: a bundle with a real, tiny network that passes its self-check, and photographs
// for it.
#pragma once

#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "pomona/backbone/golden_network.h"
#include "pomona/base/random.h"
#include "pomona/bundle/bundle.h"
#include "pomona/image/image.h"
#include "pomona/image/jpeg_encode.h"
#include "pomona/predict/bundle_network.h"
#include "pomona/predict/self_check.h"

namespace pomona {

inline Matrix<double> random_matrix(std::uint64_t seed, std::size_t rows, std::size_t cols) {
  Random random(seed);
  Matrix<double> matrix(rows, cols);
  for (std::size_t i = 0; i < matrix.size(); ++i) matrix.data()[i] = random.uniform() * 2 - 1;
  return matrix;
}

inline Bundle predicting_bundle(const std::vector<std::string>& crops, int batch) {
  const Backbone backbone = golden_backbone();
  const auto dims = static_cast<std::size_t>(backbone.spec.feature_count);
  Bundle bundle;
  bundle.backbone_spec = print_backbone_spec(backbone.spec);
  bundle.network_xml = backbone.network_xml;
  bundle.network_bin = backbone.network_bin;
  bundle.backbone_digest = backbone.digest;
  bundle.backbone_license = backbone.license_text;
  bundle.size = backbone.spec.size;
  bundle.fit = "squash";
  bundle.crops = crops;
  bundle.filter = "bicubic";
  bundle.precision = "f32";
  bundle.batch = batch;
  bundle.scaler = {.mean = std::vector<double>(dims, 0.1), .scale = std::vector<double>(dims, 1.5)};
  bundle.pca.components = random_matrix(1, 3, dims);
  bundle.pca.explained_variance = {3, 2, 1};
  bundle.pca.explained_variance_ratio = {0.5, 0.3, 0.1};
  bundle.pca.spectrum_ratio = {0.5, 0.3, 0.1};
  bundle.projection = fold(bundle.scaler, bundle.pca);
  bundle.classifier_kind = ClassifierKind::kLogistic;
  bundle.classifier = {
      .weights = random_matrix(2, 4, 3), .bias = {0.1, 0.2, -0.3, 0}, .temperature = 1.1};
  bundle.labels = {"Apple", "Banana", "Cherry", "Date"};
  bundle.self_check.tolerances = {{"f32", {1e-4, 1e-3}}, {"bf16", {5e-2, 1e-1}}};
  bundle.self_check.cases =
      answer_self_check(bundle, make_networks(extract_setup_of(bundle, /*slots=*/1)), /*cases=*/1);
  return bundle;
}

// JPEGs that all look different.
inline std::vector<std::string> made_up_photographs(std::size_t count) {
  std::vector<std::string> photographs(count);
  JpegEncoder encoder;
  for (std::size_t i = 0; i < count; ++i) {
    Random random(i);
    Image image;
    image.set_size(40 + static_cast<int>(i % 17), 50);
    const double shade = random.uniform() * 150;
    for (std::size_t at = 0; at < image.pixels.size(); ++at) {
      image.pixels[at] = static_cast<std::uint8_t>(shade + random.uniform() * 100);
    }
    encoder.encode(image, 90, photographs[i]);
  }
  return photographs;
}

}  // namespace pomona
