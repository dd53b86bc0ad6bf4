// SPDX-License-Identifier: Apache-2.0
// How good a bundle is on rows that have labels: photographs, or features made with the same
// backbone. Each call is for one thread; it uses as many workers as its Execution says.
#pragma once

#include <cstdint>
#include <string>

#include "pomona/base/execution.h"
#include "pomona/base/json.h"
#include "pomona/bundle/bundle.h"
#include "pomona/dataset/input_options.h"
#include "pomona/dataset/table_rows.h"
#include "pomona/evaluation/evaluate.h"
#include "pomona/evaluation/evaluation_results.h"
#include "pomona/extract/extract.h"
#include "pomona/features/feature_source.h"

namespace pomona {

struct BundleEvaluation {
  Evaluation evaluation;
  TableRows rows;             // labels numbered as in the bundle
  EvaluationResults results;  // with the one protocol
};

// Both take a bundle that answers here as it did where it was made (predict/self_check.h), and
// `scratch_folder` for a file of rows. Rows with labels that the bundle does not know count as
// wrong answers; those without a label do not count. Throws invalid_input for a bundle without a
// classifier, and when no row has a label that the bundle knows; interrupted.

// Of the test rows, or of all where there are none. `rows`: those of `features`; `seed` is for the
// intervals. Throws invalid_input for features of another width than the bundle's.
BundleEvaluation evaluate_features(const Bundle& bundle, const FeatureSource& features,
                                   TableRows rows, std::uint64_t seed,
                                   const std::string& scratch_folder, const Execution& execution);

// Of all photographs. Of input.split, group and seed are used, for the intervals; of `options`,
// max_failures and limits. Throws as scan() and extract() do.
BundleEvaluation evaluate_photographs(const Bundle& bundle, const InputOptions& input,
                                      const ExtractOptions& options,
                                      const std::string& scratch_folder,
                                      const Execution& execution);

// As metrics.json, as far as an evaluation knows it.
Json metrics_json(const BundleEvaluation& evaluation);

}  // namespace pomona
