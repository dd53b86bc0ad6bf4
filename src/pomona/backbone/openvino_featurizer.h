// SPDX-License-Identifier: Apache-2.0
// The featurizer that runs backbones with OpenVINO on the CPU. Any thread; featurizers: see
// featurizer.h.
#pragma once

#include <memory>
#include <stop_token>
#include <string>
#include <vector>

#include "pomona/backbone/featurizer.h"

namespace pomona {

// Compiles the backbone for one input shape. Throws corrupt when the network cannot be read,
// invalid_input when it does not accept the size or has no such output.
std::unique_ptr<Featurizer> make_openvino_featurizer(const Backbone& backbone,
                                                     const FeaturizerOptions& options);

// The precisions this processor computes natively, f32 first.
std::vector<Precision> native_precisions();

// The faster of the native precisions for this backbone and size, by measuring both; f32 unless
// bf16 gains at least a tenth. Takes no time where the processor has only one. Throws interrupted
// when `stop` was asked to stop.
Precision choose_precision(const Backbone& backbone, int size, const std::stop_token& stop = {});

std::string openvino_version();

}  // namespace pomona
