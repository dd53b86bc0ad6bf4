// SPDX-License-Identifier: Apache-2.0
// A small bundle for tests: 4 features, 2 components, 3 labels. Any thread.
#pragma once

#include <string>

#include "pomona/bundle/bundle.h"

namespace pomona {

inline Matrix<double> made_up_matrix(std::size_t rows, std::size_t cols) {
  Matrix<double> matrix(rows, cols);
  for (std::size_t i = 0; i < matrix.size(); ++i) {
    matrix.data()[i] = 0.1 * static_cast<double>(i) - 1.0 / 3;
  }
  return matrix;
}

inline Bundle made_up_bundle() {
  Bundle bundle;
  bundle.backbone_spec =
      "{\n  \"name\": \"tiny\",\n  \"feature_count\": 4,\n  \"logit_count\": 3\n}\n";
  bundle.network_xml = "<net/>\n";
  bundle.network_bin = std::string("\0\1\2\3\377", 5);
  bundle.backbone_digest = std::string(64, 'a');
  bundle.backbone_license = "Everybody may use it.\n";
  bundle.size = 32;
  bundle.fit = "squash";
  bundle.filter = "bicubic";
  bundle.precision = "f32";
  bundle.batch = 8;
  bundle.scaler = {.mean = {0.1, 0.2, 0.3, 0.4}, .scale = {1, 2, 0.5, 1e-3}};
  bundle.pca = {.components = made_up_matrix(2, 4),
                .explained_variance = {3, 1},
                .explained_variance_ratio = {0.6, 0.2},
                .spectrum_ratio = {0.6, 0.2, 0.15, 0.05}};
  bundle.projection = fold(bundle.scaler, bundle.pca);
  bundle.classifier_kind = ClassifierKind::kLogistic;
  bundle.classifier = {
      .weights = made_up_matrix(3, 2), .bias = {0.1, 0.2, -0.3}, .temperature = 1.1};
  bundle.labels = {"Apple", "Banana", "Äpfel"};
  bundle.reject_option.rate = 0.05;
  bundle.reject_option.usual_classes = {1, 0.25, 0};
  bundle.reject_option.least_in_distribution_score = -2.5;
  bundle.reject_option.novelty = {{Matrix<double>(3, 4), {0.5, 0.25, -1}}, Matrix<float>(2, 3)};
  bundle.reject_option.novelty.discriminants.weights(2, 3) = 0.125;
  bundle.reject_option.novelty.references(0, 0) = bundle.reject_option.novelty.references(1, 2) = 1;
  bundle.reject_option.most_distance = 0.4;
  bundle.varieties = {{.label = "Apple",
                       .names = {"Gala", "Jonagold"},
                       .classifier = {.weights = made_up_matrix(2, 2), .bias = {0.5, -0.5}},
                       .least_probability = 0.75},
                      {.label = "Banana",
                       .names = {"Cavendish"},
                       .classifier = {.weights = made_up_matrix(2, 2), .bias = {0.25, 1}},
                       .least_probability = 0.5}};
  bundle.studio_only = {"Banana", "Äpfel"};
  bundle.metrics = "{\n  \"train_rows\": 100\n}\n";
  bundle.training_digest = std::string(64, '0');
  bundle.self_check.cases = {
      {.seed = 1, .features = {0.1F, 1e-20F, 3, -4}, .probabilities = {0.1, 0.2, 0.7}},
      {.seed = 2, .features = {1, 2, 3, 4}, .probabilities = {1.0 / 3, 1.0 / 3, 1.0 / 3}}};
  bundle.self_check.tolerances = {{"bf16", {0.05, 0.1}}, {"f32", {1e-4, 1e-3}}};
  return bundle;
}

}  // namespace pomona
