// SPDX-License-Identifier: Apache-2.0
// The whole chain fitted once more on another division of the same rows: scaler, PCA, classifier.
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
#include "pomona/training/backbone_prior.h"
#include "pomona/training/reduce.h"
#include "pomona/training/train.h"
#include "pomona/training/variety_fit.h"

namespace pomona {

// What every fit shares.
struct FitAgain {
  const FeatureSource& features;
  const TableRows& rows;
  ReduceOptions reduce;
  TrainOptions train;
  std::string scratch_folder;            // for files of rows
  const BackbonePrior* prior = nullptr;  // none: the classifier is drawn towards nothing
};

// Test rows are a share of all rows with a label, of both sides; `groups` says what stays together.
// None where there is nothing to divide.
struct SecondFit {
  Evaluation evaluation;
  std::size_t train_rows = 0;
};
std::optional<SecondFit> second_fit(const FitAgain& again, const Groups& groups, double share,
                                    Progress& progress, const std::stop_token& stop);

// Parts of the training rows held out in turn, each judged by a chain fitted on the others, its
// temperature from the answers to the parts but its own. Whole groups.
struct CrossValidation {
  Evaluation evaluation;   // of all rows that were held out
  double temperature = 1;  // from the answers to all parts: for a fit on all rows
  std::size_t parts = 0;
  std::size_t never_held_out = 0;  // rows of labels with a single group
  // What the chain of each part says of the varieties of rows that were held out, as the rows of
  // the evaluation; empty where the class map names none, or ridge learns.
  VarietyAnswers varieties;
  std::vector<std::size_t> begins;  // of each part among the rows, and their number at the end
};
// train.parts of them, at least 2. None where no label has two groups.
std::optional<CrossValidation> cross_validate(const FitAgain& again, Progress& progress,
                                              const std::stop_token& stop);

}  // namespace pomona
