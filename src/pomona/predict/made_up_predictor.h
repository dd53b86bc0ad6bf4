// SPDX-License-Identifier: Apache-2.0
// For tests only: bundles that pass their self-check, and photographs for them. One has a real,
// tiny network for OpenVINO; the other is for the tiny featurizer, which also runs under
// sanitizers. Any thread.
#pragma once

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <memory>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "pomona/backbone/golden_network.h"
#include "pomona/backbone/tiny_featurizer.h"
#include "pomona/base/error.h"
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

inline Bundle predicting_bundle(const Backbone& backbone, const std::vector<std::string>& crops,
                                int batch, const MakeNetworks& make) {
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
      answer_self_check(bundle, make(extract_setup_of(bundle, /*slots=*/1)), /*cases=*/1);
  return bundle;
}

inline Bundle predicting_bundle(const std::vector<std::string>& crops, int batch) {
  return predicting_bundle(golden_backbone(), crops, batch, make_networks);
}

// The tiny featurizer, which fails on a picture of one colour: on white_photograph(). Inputs of
// zeros are rows of a batch that nobody filled.
class ColourFearingFeaturizer : public Featurizer {
 public:
  explicit ColourFearingFeaturizer(const FeaturizerOptions& options)
      : inner_(make_tiny_featurizer(options)) {}

  int size() const override { return inner_->size(); }
  std::size_t batch() const override { return inner_->batch(); }
  std::size_t slots() const override { return inner_->slots(); }
  std::size_t feature_count() const override { return inner_->feature_count(); }
  std::span<float> input(std::size_t slot, std::size_t row) override {
    return inner_->input(slot, row);
  }
  void submit(std::size_t slot) override {
    bool fails = false;
    for (std::size_t row = 0; row < batch(); ++row) {
      const std::span<float> pixels = input(slot, row);
      const auto differs = [&](float pixel) { return pixel != pixels.front(); };
      if (pixels.front() == 0 || std::ranges::any_of(pixels, differs)) continue;
      std::ranges::fill(pixels, 0.F);  // or it would still be there for the next batch
      fails = true;
    }
    if (fails) throw Error(ErrorKind::kUnavailable, "running the network: all of one colour");
    inner_->submit(slot);
  }
  MatrixView<const float> collect(std::size_t slot) override { return inner_->collect(slot); }

 private:
  std::unique_ptr<Featurizer> inner_;
};

inline CropNetworks make_tiny_networks(const ExtractSetup& setup) {
  return {setup.crops, setup.featurizer.size, [&](int size) {
            FeaturizerOptions options = setup.featurizer;
            options.size = size;
            return std::make_unique<ColourFearingFeaturizer>(options);
          }};
}

inline Bundle tiny_predicting_bundle(const std::vector<std::string>& crops, int batch) {
  Backbone backbone;
  backbone.spec = tiny_backbone_spec();
  return predicting_bundle(backbone, crops, batch, make_tiny_networks);
}

inline std::string white_photograph() {
  Image image;
  image.set_size(50, 50);
  std::ranges::fill(image.pixels, std::uint8_t{255});
  std::string photograph;
  JpegEncoder().encode(image, 90, photograph);
  return photograph;
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
