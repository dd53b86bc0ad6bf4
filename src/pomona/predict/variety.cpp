// SPDX-License-Identifier: Apache-2.0
#include "pomona/predict/variety.h"

#include <algorithm>

namespace pomona {

const VarietyClassifier* find_varieties(std::span<const VarietyClassifier> varieties,
                                        std::string_view label) {
  const auto found = std::ranges::find(varieties, label, &VarietyClassifier::label);
  return found == varieties.end() ? nullptr : &*found;
}

VarietyAnswer likeliest_variety(const VarietyClassifier& varieties,
                                std::span<const float> components) {
  Matrix<double> probabilities(1, varieties.classifier.class_count());
  classify(varieties.classifier, {components.data(), 1, components.size()}, probabilities.view());
  const auto row = probabilities.view().row(0);
  const auto best = static_cast<std::size_t>(std::ranges::max_element(row) - row.begin());
  if (best == varieties.names.size()) return {"", row[best]};
  return {varieties.names[best], row[best]};
}

std::vector<std::optional<VarietyAnswer>> report_varieties(const Bundle& bundle,
                                                           MatrixView<const float> features,
                                                           MatrixView<const double> probabilities) {
  std::vector<std::optional<VarietyAnswer>> answers(features.rows());
  if (bundle.varieties.empty()) return answers;
  Matrix<float> components(features.rows(), bundle.pca.n_components());
  project(bundle.projection, features, components.view());
  for (std::size_t i = 0; i < features.rows(); ++i) {
    const auto of_labels = probabilities.row(i);
    const auto best = std::ranges::max_element(of_labels);
    const VarietyClassifier* varieties = find_varieties(
        bundle.varieties, bundle.labels[static_cast<std::size_t>(best - of_labels.begin())]);
    if (varieties == nullptr) continue;
    VarietyAnswer answer = likeliest_variety(*varieties, components.view().row(i));
    answer.probability *= *best;
    if (answer.name.empty() || answer.probability < varieties->least_probability) continue;
    answers[i] = std::move(answer);
  }
  return answers;
}

}  // namespace pomona
