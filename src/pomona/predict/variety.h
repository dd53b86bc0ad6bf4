// SPDX-License-Identifier: Apache-2.0
// Which variety of its kind a photograph shows, where that is certain enough. Any thread.
#pragma once

#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "pomona/base/matrix.h"
#include "pomona/bundle/bundle.h"

namespace pomona {

struct VarietyAnswer {
  std::string name;  // "": none of those that have one
  double probability = 0;
};

// That of a label; nullptr where the bundle has no varieties of it.
const VarietyClassifier* find_varieties(std::span<const VarietyClassifier> varieties,
                                        std::string_view label);

// The likeliest, as if the label were certain. `components`: of one photograph, PCA's.
VarietyAnswer likeliest_variety(const VarietyClassifier& varieties,
                                std::span<const float> components);

// For each row of features (rows × feature_count, the means of crops) the variety of the label with
// the highest of its probabilities (rows × labels), with the probability that both are right; none
// where that is too low.
std::vector<std::optional<VarietyAnswer>> report_varieties(const Bundle& bundle,
                                                           MatrixView<const float> features,
                                                           MatrixView<const double> probabilities);

}  // namespace pomona
