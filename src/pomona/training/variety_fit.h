// SPDX-License-Identifier: Apache-2.0
// Fits classifiers of the varieties of a label, and answers for rows. Each call is for one thread;
// it uses as many workers as its options say.
#pragma once

#include <cstddef>
#include <optional>
#include <span>
#include <stop_token>
#include <string>
#include <vector>

#include "pomona/predict/variety.h"
#include "pomona/training/train.h"

namespace pomona {

// For each label with at least two classes of at least 8 photographs among the rows `chosen`
// (ascending training rows): its varieties, and what is of none of them. A variety of fewer
// photographs is none of them. `table.inputs` are components. least_probability is 0.8, until
// out-of-fold scores give a better one.
std::vector<VarietyClassifier> fit_varieties(const TrainingTable& table,
                                             const std::vector<std::size_t>& chosen,
                                             const TrainOptions& options,
                                             const std::stop_token& stop);

// For each of the rows `chosen`, the likeliest variety of the label that has the highest of its
// `logits` (rows × labels, or probabilities), as if that label were certain; none where the
// label has no varieties.
using VarietyAnswers = std::vector<std::optional<VarietyAnswer>>;
VarietyAnswers answer_varieties(std::span<const VarietyClassifier> varieties,
                                const std::vector<std::string>& labels, const RowFile& inputs,
                                const std::vector<std::size_t>& chosen,
                                MatrixView<const double> logits);

}  // namespace pomona
