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
// Of labels with fewer photographs, the one held out is a large part.
constexpr std::size_t kFewOfLabel = 4;
// With more labels, a pass over the rows takes seconds: fits end sooner, an objective within a
// thousandth of its minimum, which moves the figures far less than their intervals are wide
// (docs/performance.md).
constexpr std::size_t kManyLabels = 2000;
constexpr double kToleranceOfMany = 1e-3;
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
  return folds_of(rows, all, single_rows(rows), options);
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
                      const std::stop_token& stop, std::span<const float> weights = {}) {
  return options.classifier == ClassifierKind::kRidge
             ? train_ridge(table, chosen)
             : train_logistic(
                   table, chosen,
                   {table.rows.train_labels.size(), table.rows.label_index, table.prior, weights},
                   options, start, stop);
}

}  // namespace

TrainedClassifier train_logistic(const TrainingTable& table, const std::vector<std::size_t>& chosen,
                                 const RowClasses& classes, const TrainOptions& options,
                                 const Classifier* start, const std::stop_token& stop) {
  const RowFile& inputs = table.learnt_from;
  const TableRows& rows = table.rows;
  const std::vector<std::size_t> learnt = crop_rows(chosen, rows.crops);
  const std::span<const float> of_rows =
      classes.weights.empty() ? std::span<const float>(rows.weights) : classes.weights;
  std::vector<float> weights;
  if (!of_rows.empty()) {
    for (const std::size_t row : learnt) weights.push_back(of_rows[row / rows.crops]);
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
  if (classes.count > kManyLabels) logistic.tolerance = kToleranceOfMany;
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
                                     const TrainOptions& options, const std::stop_token& stop,
                                     std::span<const float> weights) {
  return fit(table, with_label(table.rows, chosen), options, nullptr, stop, weights);
}

std::vector<float> fold_weights(const TableRows& rows, const std::vector<std::size_t>& all,
                                const std::vector<std::size_t>& left) {
  std::vector<std::size_t> of_all(rows.train_labels.size());
  std::vector<std::size_t> of_left(rows.train_labels.size());
  const auto label = [&](std::size_t row) {
    return static_cast<std::size_t>(rows.label_index[row]);
  };
  for (const std::size_t row : all) ++of_all[label(row)];
  for (const std::size_t row : left) ++of_left[label(row)];
  if (std::ranges::none_of(of_all, [](std::size_t n) { return n > 1 && n < kFewOfLabel; })) {
    return {};
  }
  std::vector<float> weights(rows.rows(), 1);
  for (const std::size_t row : left) {
    const std::size_t n = of_all[label(row)];
    const double more =
        n < kFewOfLabel ? static_cast<double>(n) / static_cast<double>(of_left[label(row)]) : 1;
    weights[row] = static_cast<float>(rows.weight(row) * more);
  }
  return weights;
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
                    "; give photographs of two labels or more");
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
    const std::vector<std::size_t> left = without(all, fold);
    // Much the same rows: each fit starts from the one before and needs few steps.
    auxiliary = fit(table, left, options, auxiliary ? &auxiliary->classifier : nullptr, stop,
                    fold_weights(rows, all, left));
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
