// SPDX-License-Identifier: Apache-2.0
#include "pomona/evaluation/cross_validation.h"

#include <algorithm>
#include <memory>
#include <span>
#include <utility>

#include "pomona/dataset/row_selection.h"
#include "pomona/metrics/calibration.h"
#include "pomona/training/domain_adaptation.h"
#include "pomona/training/out_of_fold_scores.h"
#include "pomona/training/studio_only.h"

namespace pomona {
namespace {

// A chain fitted on some of the rows, with what it makes of all of them.
struct Chain {
  Moments moments;
  std::unique_ptr<RowFile> inputs;
  std::unique_ptr<RowFile> learnt_from;  // none: the inputs
  Matrix<double> prior;                  // empty: none
  TrainedClassifier trained;

  TrainingTable table(const TableRows& rows) const {
    return {*inputs, learnt_from ? *learnt_from : *inputs, rows, moments, prior.view()};
  }
};

bool on_features(const ChainSetup& setup) {
  return setup.train.classifier == ClassifierKind::kRidge;
}

void adapt(Chain& chain, const TableRows& rows, const std::vector<std::size_t>& train_side,
           const ChainSetup& setup) {
  const DomainAdaptation adaptation(*chain.inputs, rows, train_side, setup.train);
  chain.learnt_from = adaptation.adapted(chain.table(rows).learnt_from, setup.scratch_folder);
}

Chain fit_chain(const ChainSetup& setup, const std::vector<std::size_t>& train_side,
                std::span<const float> weights, Progress& progress, const std::stop_token& stop) {
  const TableRows& rows = setup.rows;
  std::vector<std::int32_t> classes(rows.rows(), kNotInTraining);
  for (const std::size_t row : train_side) classes[row] = rows.label_index[row];
  Chain chain{table_moments(setup.features, classes, rows.train_labels.size(), rows.crops, stop),
              nullptr,
              nullptr,
              {},
              {}};
  const Reduction reduction = fit_reduction(chain.moments, setup.reduce);
  if (setup.prior != nullptr) {
    chain.prior =
        setup.prior->weights(reduction, studio_only_labels(rows, train_side, setup.train.studio));
  }
  chain.inputs = std::make_unique<RowFile>(
      setup.scratch_folder,
      on_features(setup) ? chain.moments.dims() : reduction.pca.n_components());
  ReduceSinks sinks;
  (on_features(setup) ? sinks.features : sinks.components) = chain.inputs.get();
  if (rows.crops > 1 && !on_features(setup)) {
    chain.learnt_from = std::make_unique<RowFile>(setup.scratch_folder, chain.inputs->cols());
    sinks.crop_components = chain.learnt_from.get();
  }
  reduce(setup.features, rows, fold(reduction.scaler, reduction.pca), sinks,
         {progress, stop, setup.train.workers});
  if (!setup.train.adapt.empty()) adapt(chain, rows, train_side, setup);
  chain.trained = train_uncalibrated(chain.table(rows), train_side, setup.train, stop, weights);
  return chain;
}

// Of the rows `test`.
Matrix<double> test_logits(const ChainSetup& setup, const Chain& chain,
                           const std::vector<std::size_t>& test) {
  return logits_of(chain.trained.classifier, *chain.inputs, test, setup.train.workers);
}

Matrix<double> copy_of(MatrixView<const double> values) {
  Matrix<double> copy(values.rows(), values.cols());
  std::copy_n(values.data(), values.size(), copy.data());
  return copy;
}

// The temperature of each fold comes from the others, so that no answer is judged by a temperature
// that it helped to choose.
Matrix<double> probabilities_of(const OutOfFoldScores& out_of_fold, const TableRows& rows) {
  Matrix<double> probabilities = copy_of(out_of_fold.logits());
  const std::vector<std::int32_t> labels = labels_of(rows, out_of_fold.rows());
  const std::vector<float> weights = weights_of(rows, out_of_fold.rows());
  const auto& begins = out_of_fold.begins();
  for (std::size_t fold = 0; fold + 1 < begins.size(); ++fold) {
    std::vector<std::int32_t> others = labels;
    std::fill(others.begin() + static_cast<std::ptrdiff_t>(begins[fold]),
              others.begin() + static_cast<std::ptrdiff_t>(begins[fold + 1]), -1);
    const double temperature = fit_temperature(out_of_fold.logits(), others, weights);
    logits_to_probabilities(
        temperature, probabilities.view().rows_from(begins[fold], begins[fold + 1] - begins[fold]));
  }
  return probabilities;
}

}  // namespace

std::optional<SplitValidation> validate_another_split(const ChainSetup& setup, const Groups& groups,
                                                      double share, Progress& progress,
                                                      const std::stop_token& stop) {
  const TableRows& rows = setup.rows;
  std::vector<std::size_t> pool;
  for (std::size_t i = 0; i < rows.rows(); ++i) {
    if (rows.label_index[i] >= 0) pool.push_back(i);
  }
  const std::vector<std::size_t> test =
      choose_holdout(rows.manifest, pool, groups, share, setup.train.seed);
  if (test.empty()) return std::nullopt;
  const std::vector<std::size_t> train_side = without(pool, test);
  Matrix<double> probabilities =
      test_logits(setup, fit_chain(setup, train_side, {}, progress, stop), test);
  logits_to_probabilities(/*temperature=*/1, probabilities.view());
  return SplitValidation{evaluate_answers(std::move(probabilities), rows, test, setup.train.seed),
                         train_side.size()};
}

std::optional<CrossValidation> cross_validate(const ChainSetup& setup, Progress& progress,
                                              const std::stop_token& stop) {
  const TableRows& rows = setup.rows;
  const std::vector<std::size_t> pool = with_label(rows, rows.side(Split::kTrain));
  OutOfFoldScores out_of_fold(rows.train_labels.size());
  CrossValidation result;
  for (const std::vector<std::size_t>& fold :
       choose_folds(rows.manifest, pool, rows.groups, setup.train.folds, setup.train.seed)) {
    const std::vector<std::size_t> judged = without_adapted(rows, fold, setup.train.adapt);
    if (judged.empty()) continue;
    const std::vector<std::size_t> train_side = without(pool, fold);
    const Chain chain =
        fit_chain(setup, train_side, fold_weights(rows, pool, train_side), progress, stop);
    const Matrix<double> logits = test_logits(setup, chain, judged);
    out_of_fold.add(judged, logits);
    ++result.folds;
    result.not_converged += chain.trained.converged ? 0U : 1U;
    if (rows.varieties.empty() || on_features(setup)) continue;
    const VarietyAnswers of_fold =
        answer_varieties(fit_varieties(chain.table(rows), train_side, setup.train, stop),
                         rows.train_labels, *chain.inputs, judged, logits.view());
    result.varieties.insert(result.varieties.end(), of_fold.begin(), of_fold.end());
  }
  if (result.folds == 0) return std::nullopt;
  result.temperature = fit_temperature(out_of_fold.logits(), labels_of(rows, out_of_fold.rows()),
                                       weights_of(rows, out_of_fold.rows()));
  result.never_held_out =
      without_adapted(rows, pool, setup.train.adapt).size() - out_of_fold.rows().size();
  result.evaluation = evaluate_answers(probabilities_of(out_of_fold, rows), rows,
                                       out_of_fold.rows(), setup.train.seed);
  return result;
}

}  // namespace pomona
