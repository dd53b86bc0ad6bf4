// SPDX-License-Identifier: Apache-2.0
// train: reduced rows (or, for ridge, the features themselves) and their labels → a calibrated
// classifier. Each call is for one thread; it uses as many workers as its options say.
#pragma once

#include <cstddef>
#include <cstdint>
#include <span>
#include <stop_token>
#include <string>
#include <vector>

#include "pomona/base/progress.h"
#include "pomona/base/row_file.h"
#include "pomona/bundle/bundle.h"
#include "pomona/dataset/table_rows.h"
#include "pomona/learn/classifier.h"
#include "pomona/learn/classifier_fit.h"

namespace pomona {

inline constexpr std::size_t kMostFolds = 100;
inline constexpr double kLargestRejectRate = 0.5;
inline constexpr double kLeastC = 1e-6;
inline constexpr double kMostC = 1e6;

struct TrainOptions {
  ClassifierKind classifier = ClassifierKind::kLogistic;
  std::string catalogue;                 // file of a Catalogue for the bundle; "": none
  std::string backbone_classes = {};     // file of BackboneClasses; "": none
  std::vector<std::string> studio = {};  // sources of the studio domain
  std::vector<std::string> adapt = {};   // those of them to adapt: domain_adaptation.h
  // Folds of a cross-validation of the whole chain, which gives metrics and calibrates; 0: no
  // such metrics, and as many folds as calibration needs.
  std::size_t folds = 0;
  // The share of training photographs that may be rejected so that unknown ones are
  // (rejector_fit.h); 0: everything is answered.
  double reject_rate = 0;
  double c = 1;  // of logistic regression, as in LogisticOptions
  std::uint64_t seed = 0;
  std::size_t workers = 0;  // 0: one a usable core, which verbs resolve; in train() one

  // Throws invalid_input that names the field.
  void check() const;
};

struct TrainedClassifier {
  ClassifierKind kind = ClassifierKind::kNone;
  Classifier classifier;
  int iterations = 0;  // of the final fit; 0 for ridge
  bool converged = true;
  double objective = 0;
};

struct TrainingTable {
  const RowFile& inputs;  // what the classifier sees: components, or features for ridge
  // What it learns from: the crops of each photograph, rows.crops rows for each; may be `inputs`.
  const RowFile& learnt_from;
  const TableRows& rows;
  // Of the features of all rows there are to learn from, classes numbered as rows.train_labels.
  const Moments& moments;
  // labels × columns of `inputs`: LogisticOptions::prior; empty: none.
  MatrixView<const double> prior = {};
};

// `chosen`: ascending numbers of training rows; those without a label are passed over. The
// temperature comes from answers to photographs held out of auxiliary fits, whole groups: of all of
// them in turn where they are few, of a tenth otherwise. The final fit uses every one. Throws
// invalid_input for fewer than two labels, and for ridge regression on rows with weights.
TrainedClassifier train(const TrainingTable& table, const std::vector<std::size_t>& chosen,
                        const TrainOptions& options, Progress& progress,
                        const std::stop_token& stop);

// Weights for a fit on `left`, the rows that a fold leaves of `all` (both ascending), one for each
// row of the table: a label of fewer than four photographs weighs there what it weighs in the fit
// of all. Otherwise the label of the one held out would weigh half or two thirds of what others do,
// and answers would look less sure than those of the final fit are. Empty: no label is so small.
std::vector<float> fold_weights(const TableRows& rows, const std::vector<std::size_t>& all,
                                const std::vector<std::size_t>& left);

// The same as train() without calibration. `weights`: fold_weights(), which ridge regression passes
// over; empty: those of the rows.
TrainedClassifier train_uncalibrated(const TrainingTable& table,
                                     const std::vector<std::size_t>& chosen,
                                     const TrainOptions& options, const std::stop_token& stop,
                                     std::span<const float> weights = {});

// Classes to tell rows apart by, numbered from 0.
struct RowClasses {
  std::size_t count = 0;
  std::span<const std::int32_t> of_row;  // one for each row of the table
  MatrixView<const double> prior = {};   // LogisticOptions::prior; empty: none
  std::span<const float> weights = {};   // of each row of the table; empty: TableRows::weights
};
// Logistic regression alone, of the rows `chosen` (ascending, all in a class), from `start` where
// there is one.
TrainedClassifier train_logistic(const TrainingTable& table, const std::vector<std::size_t>& chosen,
                                 const RowClasses& classes, const TrainOptions& options,
                                 const Classifier* start, const std::stop_token& stop);

// Labels of the rows, in the numbering of TableRows::train_labels, and their weights: none where
// all weigh the same.
std::vector<std::int32_t> labels_of(const TableRows& rows, std::span<const std::size_t> chosen);
std::vector<float> weights_of(const TableRows& rows, std::span<const std::size_t> chosen);

// rows × classes, before softmax. By blocks on all workers.
Matrix<double> logits_of(const Classifier& classifier, const RowFile& inputs,
                         const std::vector<std::size_t>& chosen, std::size_t workers);

}  // namespace pomona
