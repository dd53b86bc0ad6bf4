// SPDX-License-Identifier: Apache-2.0
// Cross-validation: the whole chain (scaler, PCA, classifier) fitted on other splits of the same
// rows. Each call is for one thread and uses as many workers as its options say.
#pragma once

#include <cstddef>
#include <optional>
#include <stop_token>
#include <string>
#include <vector>

#include "pomona/base/progress.h"
#include "pomona/dataset/table_rows.h"
#include "pomona/evaluation/evaluate.h"
#include "pomona/features/feature_source.h"
#include "pomona/training/output_layer_prior.h"
#include "pomona/training/reduce.h"
#include "pomona/training/train.h"
#include "pomona/training/variety_fit.h"

namespace pomona {

// What the chains of all splits share.
struct ChainSetup {
  const FeatureSource& features;
  const TableRows& rows;
  ReduceOptions reduce;
  TrainOptions train;
  std::string scratch_folder;               // for files of rows
  const OutputLayerPrior* prior = nullptr;  // none: centred on 0
};

// Cross-validation on another split: test rows are a share of all rows with a label, of both sides;
// `groups` says what stays together. None where there is nothing to divide.
struct SplitValidation {
  Evaluation evaluation;
  std::size_t train_rows = 0;
};
std::optional<SplitValidation> validate_another_split(const ChainSetup& setup, const Groups& groups,
                                                      double share, Progress& progress,
                                                      const std::stop_token& stop);

// Cross-validation: each fold of the training rows is judged by a chain fitted on the others, with
// a temperature from the out-of-fold scores of the other folds. Groups stay whole.
struct CrossValidation {
  Evaluation evaluation;   // of all out-of-fold scores
  double temperature = 1;  // from all out-of-fold scores: for a fit on all rows
  std::size_t folds = 0;
  std::size_t not_converged = 0;   // of the folds: fits that ended early
  std::size_t never_held_out = 0;  // rows of labels with a single group, and copies of two labels
  // What the chain of each fold answers about the varieties of rows that were held out, as the rows
  // of the evaluation; empty where the class map names none, or ridge learns.
  VarietyAnswers varieties;
};
// train.folds of them, at least 2. None where no label has two groups.
std::optional<CrossValidation> cross_validate(const ChainSetup& setup, Progress& progress,
                                              const std::stop_token& stop);

}  // namespace pomona
