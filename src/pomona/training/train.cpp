// SPDX-License-Identifier: Apache-2.0
#include "pomona/training/train.h"

#include <algorithm>
#include <optional>

#include "pomona/base/bounds.h"
#include "pomona/base/error.h"
#include "pomona/base/parallel.h"
#include "pomona/dataset/row_selection.h"
#include "pomona/learn/moments.h"
#include "pomona/metrics/calibration.h"
#include "pomona/training/domain_adaptation.h"
#include "pomona/training/out_of_fold_scores.h"

namespace pomona {
namespace {

constexpr double kCalibrationShare = 0.1;
// Of fewer photographs a tenth is too little: temperatures of one set of 1,253 went from 0.76 to
// 1.54, depending on the tenth.
constexpr std::size_t kEnoughToShare = 5000;
constexpr std::size_t kFoldsOfFew = 5;
constexpr std::size_t kLogitBlockRows = 1024;
constexpr double kRidgeAlpha = 1;

// Folds for calibration; none is empty.
std::vector<std::vector<std::size_t>> folds_of(const TableRows& rows,
                                               const std::vector<std::size_t>& all,
                                               const Groups& groups, const TrainOptions& options) {
  std::vector<std::vector<std::size_t>> folds;
  if (all.size() < kEnoughToShare) {
    folds = choose_folds(rows.manifest, all, groups, kFoldsOfFew, options.seed);
  } else {
    folds.push_back(choose_holdout(rows.manifest, all, groups, kCalibrationShare, options.seed));
  }
  std::erase_if(folds, [](const auto& fold) { return fold.empty(); });
  return folds;
}

// Whole groups; single rows where every label has one group only.
std::vector<std::vector<std::size_t>> calibration_folds(const TableRows& rows,
                                                        const std::vector<std::size_t>& all,
                                                        const TrainOptions& options,
                                                        Progress& progress) {
  auto folds = folds_of(rows, all, rows.groups, options);
  if (!folds.empty() || !rows.groups.given) return folds;
  progress.warn(
      "every label has one group to learn from, so probabilities are calibrated on photographs "
      "beside those learnt from: they may be overconfident");
  return folds_of(rows, all, find_groups(rows.manifest, ""), options);
}

// The rows of all crops of the photographs chosen.
std::vector<std::size_t> crop_rows(const std::vector<std::size_t>& chosen, std::size_t crops) {
  std::vector<std::size_t> rows;
  rows.reserve(chosen.size() * crops);
  for (const std::size_t row : chosen) {
    for (std::size_t crop = 0; crop < crops; ++crop) rows.push_back(row * crops + crop);
  }
  return rows;
}

Moments moments_of(const RowFile& inputs, const TableRows& rows,
                   const std::vector<std::size_t>& chosen) {
  Moments moments(inputs.cols(), rows.train_labels.size());
  Matrix<float> values(kMomentsBlockRows, inputs.cols());
  for (std::size_t at = 0; at < chosen.size(); at += kMomentsBlockRows) {
    const auto picked =
        std::span(chosen).subspan(at, std::min(kMomentsBlockRows, chosen.size() - at));
    read_rows(inputs, picked, values.view().rows_from(0, picked.size()));
    moments.add(values.view().rows_from(0, picked.size()), labels_of(rows, picked));
  }
  return moments;
}

// From the moments at hand where they are those of the rows chosen: neither those of a holdout nor,
// where some rows have no label, those of all.
TrainedClassifier train_ridge(const TrainingTable& table, const std::vector<std::size_t>& chosen) {
  if (!table.rows.weights.empty()) {
    throw Error(
        ErrorKind::kInvalidInput,
        "classifier, classes: ridge regression knows no weights, but classes gives some; leave "
        "its column weight out, or train a logistic classifier");
  }
  TrainedClassifier result;
  result.kind = ClassifierKind::kRidge;
  result.classifier = table.moments.rows() == chosen.size()
                          ? fit_ridge(table.moments, kRidgeAlpha)
                          : fit_ridge(moments_of(table.inputs, table.rows, chosen), kRidgeAlpha);
  return result;
}

TrainedClassifier fit(const TrainingTable& table, const std::vector<std::size_t>& chosen,
                      const TrainOptions& options, const Classifier* start,
                      const std::stop_token& stop) {
  return options.classifier == ClassifierKind::kRidge
             ? train_ridge(table, chosen)
             : train_logistic(table, chosen,
                              {table.rows.train_labels.size(), table.rows.label_index, table.prior},
                              options, start, stop);
}

}  // namespace

TrainedClassifier train_logistic(const TrainingTable& table, const std::vector<std::size_t>& chosen,
                                 const RowClasses& classes, const TrainOptions& options,
                                 const Classifier* start, const std::stop_token& stop) {
  const RowFile& inputs = table.learnt_from;
  const TableRows& rows = table.rows;
  const std::vector<std::size_t> learnt = crop_rows(chosen, rows.crops);
  std::vector<float> weights;
  if (!rows.weights.empty()) {
    for (const std::size_t row : learnt) weights.push_back(rows.weights[row / rows.crops]);
  }
  TrainingRows training;
  training.dims = inputs.cols();
  training.class_count = classes.count;
  training.rows = learnt.size();
  training.weights = weights;
  training.read = [&](std::size_t block, MatrixView<float> values, std::span<std::int32_t> labels) {
    const auto picked = std::span(learnt).subspan(block * training.block_rows, values.rows());
    read_rows(inputs, picked, values);
    std::ranges::transform(picked, labels.begin(),
                           [&](std::size_t row) { return classes.of_row[row / rows.crops]; });
  };
  LogisticOptions logistic;
  // A photograph weighs the same, however many crops are made of it.
  logistic.c = options.c / static_cast<double>(rows.crops);
  logistic.prior = classes.prior;
  logistic.workers = options.workers;
  logistic.stop = stop;
  LogisticFit fit = fit_logistic(training, logistic, start);
  return {ClassifierKind::kLogistic, std::move(fit.classifier), fit.iterations, fit.converged,
          fit.objective};
}

std::vector<std::int32_t> labels_of(const TableRows& rows, std::span<const std::size_t> chosen) {
  std::vector<std::int32_t> labels;
  labels.reserve(chosen.size());
  for (const std::size_t row : chosen) labels.push_back(rows.label_index[row]);
  return labels;
}

Matrix<double> logits_of(const Classifier& classifier, const RowFile& inputs,
                         const std::vector<std::size_t>& chosen, std::size_t workers) {
  Matrix<double> logits(chosen.size(), classifier.class_count());
  const std::size_t blocks = (chosen.size() + kLogitBlockRows - 1) / kLogitBlockRows;
  parallel_for(blocks, workers, [&](std::size_t block, std::size_t) {
    const std::size_t first = block * kLogitBlockRows;
    const std::size_t count = std::min(kLogitBlockRows, chosen.size() - first);
    Matrix<float> values(count, inputs.cols());
    read_rows(inputs, std::span(chosen).subspan(first, count), values.view());
    classifier_logits(classifier, values.view(), logits.view().rows_from(first, count));
  });
  return logits;
}

std::vector<float> weights_of(const TableRows& rows, std::span<const std::size_t> chosen) {
  std::vector<float> weights;
  if (rows.weights.empty()) return weights;
  for (const std::size_t row : chosen) weights.push_back(rows.weights[row]);
  return weights;
}

TrainedClassifier train_uncalibrated(const TrainingTable& table,
                                     const std::vector<std::size_t>& chosen,
                                     const TrainOptions& options, const std::stop_token& stop) {
  return fit(table, with_label(table.rows, chosen), options, nullptr, stop);
}

void TrainOptions::check() const {
  check_range_or_zero("folds", folds, 2, kMostFolds);
  check_range("reject_rate", reject_rate, 0, kLargestRejectRate);
  check_range("c", c, kLeastC, kMostC);
  check_range("workers", workers, 0, kMostWorkers);
}

TrainedClassifier train(const TrainingTable& table, const std::vector<std::size_t>& chosen,
                        const TrainOptions& options, Progress& progress,
                        const std::stop_token& stop) {
  const TableRows& rows = table.rows;
  if (rows.train_labels.size() < 2) {
    throw Error(ErrorKind::kInvalidInput,
                "training a classifier: expected at least two labels among the training "
                "photographs, found " +
                    std::to_string(rows.train_labels.size()) +
                    "; put photographs into one folder for each label");
  }
  progress.begin("train", 0);
  const std::vector<std::size_t> all = with_label(rows, chosen);
  const auto folds = calibration_folds(rows, all, options, progress);
  if (folds.empty()) {
    progress.warn(
        "no training photograph could be spared to calibrate probabilities; they are left as "
        "fitted");
    return fit(table, all, options, nullptr, stop);
  }
  OutOfFoldScores out_of_fold(rows.train_labels.size());
  std::optional<TrainedClassifier> auxiliary;
  for (const std::vector<std::size_t>& fold : folds) {
    const std::vector<std::size_t> judged = without_adapted(rows, fold, options.adapt);
    if (judged.empty()) continue;
    // Much the same rows: each fit starts from the one before and needs few steps.
    auxiliary =
        fit(table, without(all, fold), options, auxiliary ? &auxiliary->classifier : nullptr, stop);
    out_of_fold.add(judged,
                    logits_of(auxiliary->classifier, table.inputs, judged, options.workers));
  }
  TrainedClassifier final_fit =
      fit(table, all, options, auxiliary ? &auxiliary->classifier : nullptr, stop);
  final_fit.classifier.temperature =
      fit_temperature(out_of_fold.logits(), labels_of(rows, out_of_fold.rows()),
                      weights_of(rows, out_of_fold.rows()));
  return final_fit;
}

}  // namespace pomona
