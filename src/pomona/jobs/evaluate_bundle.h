// SPDX-License-Identifier: Apache-2.0
// evaluate: how good a bundle is on labelled photographs, or on features made with the same
// backbone. Each call is for one thread.
#pragma once

#include <cstddef>
#include <stop_token>
#include <string>

#include "pomona/base/progress.h"
#include "pomona/dataset/input_options.h"
#include "pomona/evaluation/bundle_evaluation.h"
#include "pomona/image/decode_limits.h"

namespace pomona {

struct EvaluateOptions {
  std::string bundle;
  // Its images may be one place of features as `train` takes it. Of the split, group and seed are
  // used, for the intervals; `test` is not.
  InputOptions input;
  std::string models;  // where backbones are installed, for a bundle without its own
  std::size_t workers = 0;
  double max_failures = 0.1;
  DecodeLimits limits;

  // Throws invalid_input that names the field.
  void check() const;
};

// As evaluate_features() and evaluate_photographs(), once the bundle has answered its self-check.
// Throws as they do, and invalid_input for features that another backbone or other settings made.
BundleEvaluation evaluate_bundle(const EvaluateOptions& options, Progress& progress,
                                 const std::stop_token& stop);

}  // namespace pomona
