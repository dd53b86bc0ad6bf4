// SPDX-License-Identifier: Apache-2.0
// evaluate: how good a bundle is on labelled photographs, or on features made with the same
// backbone. Each call is for one thread.
#pragma once

#include <cstddef>
#include <stop_token>
#include <string>

#include "pomona/base/json.h"
#include "pomona/base/progress.h"
#include "pomona/bundle/bundle.h"
#include "pomona/dataset/input_options.h"
#include "pomona/dataset/table_rows.h"
#include "pomona/evaluation/evaluate.h"
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

struct BundleEvaluation {
  Evaluation evaluation;
  TableRows rows;             // labels numbered as in the bundle
  EvaluationResults results;  // with the one protocol
};

// Of features, the test rows count, or all where there are none. Photographs with labels the bundle
// does not know count as wrong answers. Throws invalid_input when no row has a label the bundle
// knows, or when features have another width than the bundle's.
BundleEvaluation evaluate_bundle(const EvaluateOptions& options, Progress& progress,
                                 const std::stop_token& stop);

// As metrics.json, as far as an evaluation knows it.
Json metrics_json(const BundleEvaluation& evaluation);

}  // namespace pomona
