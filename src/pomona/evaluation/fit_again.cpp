// SPDX-License-Identifier: Apache-2.0
#include "pomona/evaluation/fit_again.h"

#include <algorithm>
#include <memory>
#include <utility>

#include "pomona/dataset/row_selection.h"
#include "pomona/learn/calibration.h"
#include "pomona/training/held_out_answers.h"
#include "pomona/training/source_alignment.h"
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

bool on_features(const FitAgain& again) { return again.train.classifier == ClassifierKind::kRidge; }

void align(Chain& chain, const TableRows& rows, const std::vector<std::size_t>& train_side,
           const FitAgain& again) {
  const SourceAlignment alignment(*chain.inputs, rows, train_side, again.train);
  chain.learnt_from = alignment.moved(chain.table(rows).learnt_from, again.scratch_folder);
}

Chain fit_chain(const FitAgain& again, const std::vector<std::size_t>& train_side,
                Progress& progress, const std::stop_token& stop) {
  const TableRows& rows = again.rows;
  std::vector<std::int32_t> classes(rows.rows(), kNotInTraining);
  for (const std::size_t row : train_side) classes[row] = rows.label_index[row];
  Chain chain{table_moments(again.features, classes, rows.train_labels.size(), rows.views, stop),
              nullptr,
              nullptr,
              {},
              {}};
  const Reduction reduction = fit_reduction(chain.moments, again.reduce);
  if (again.prior != nullptr) {
    chain.prior =
        again.prior->weights(reduction, studio_only_labels(rows, train_side, again.train.studio));
  }
  chain.inputs = std::make_unique<RowFile>(
      again.scratch_folder,
      on_features(again) ? chain.moments.dims() : reduction.pca.n_components());
  ReduceSinks sinks;
  (on_features(again) ? sinks.features : sinks.scores) = chain.inputs.get();
  if (rows.views > 1 && !on_features(again)) {
    chain.learnt_from = std::make_unique<RowFile>(again.scratch_folder, chain.inputs->cols());
    sinks.view_scores = chain.learnt_from.get();
  }
  reduce(again.features, rows, fold(reduction.scaler, reduction.pca), sinks,
         {progress, stop, again.train.workers});
  if (!again.train.align.empty()) align(chain, rows, train_side, again);
  chain.trained = train_uncalibrated(chain.table(rows), train_side, again.train, stop);
  return chain;
}

// Of the rows `test`.
Matrix<double> scores_of(const FitAgain& again, const Chain& chain,
                         const std::vector<std::size_t>& test) {
  return score_rows(chain.trained.classifier, *chain.inputs, test, again.train.workers);
}

Matrix<double> copy_of(MatrixView<const double> scores) {
  Matrix<double> copy(scores.rows(), scores.cols());
  std::copy_n(scores.data(), scores.size(), copy.data());
  return copy;
}

// The temperature of each part comes from the others, so that no answer is judged by what it chose.
Matrix<double> probabilities_of(const HeldOutAnswers& answers, const TableRows& rows) {
  Matrix<double> probabilities = copy_of(answers.scores());
  const std::vector<std::int32_t> labels = labels_of(rows, answers.rows());
  const std::vector<float> weights = weights_of(rows, answers.rows());
  const auto& begins = answers.begins();
  for (std::size_t part = 0; part + 1 < begins.size(); ++part) {
    std::vector<std::int32_t> others = labels;
    std::fill(others.begin() + static_cast<std::ptrdiff_t>(begins[part]),
              others.begin() + static_cast<std::ptrdiff_t>(begins[part + 1]), -1);
    const double temperature = fit_temperature(answers.scores(), others, weights);
    scores_to_probabilities(
        temperature, probabilities.view().rows_from(begins[part], begins[part + 1] - begins[part]));
  }
  return probabilities;
}

}  // namespace

std::optional<SecondFit> second_fit(const FitAgain& again, const Groups& groups, double share,
                                    Progress& progress, const std::stop_token& stop) {
  const TableRows& rows = again.rows;
  std::vector<std::size_t> pool;
  for (std::size_t i = 0; i < rows.rows(); ++i) {
    if (rows.label_index[i] >= 0) pool.push_back(i);
  }
  const std::vector<std::size_t> test =
      choose_holdout(rows.manifest, pool, groups, share, again.train.seed);
  if (test.empty()) return std::nullopt;
  const std::vector<std::size_t> train_side = without(pool, test);
  Matrix<double> probabilities =
      scores_of(again, fit_chain(again, train_side, progress, stop), test);
  scores_to_probabilities(/*temperature=*/1, probabilities.view());
  return SecondFit{evaluate_answers(std::move(probabilities), rows, test, again.train.seed),
                   train_side.size()};
}

std::optional<CrossValidation> cross_validate(const FitAgain& again, Progress& progress,
                                              const std::stop_token& stop) {
  const TableRows& rows = again.rows;
  const std::vector<std::size_t> pool = with_label(rows, rows.side(Split::kTrain));
  HeldOutAnswers answers(rows.train_labels.size());
  CrossValidation result;
  for (const std::vector<std::size_t>& part :
       choose_parts(rows.manifest, pool, rows.groups, again.train.parts, again.train.seed)) {
    const std::vector<std::size_t> judged = without_aligned(rows, part, again.train.align);
    if (judged.empty()) continue;
    const std::vector<std::size_t> train_side = without(pool, part);
    const Chain chain = fit_chain(again, train_side, progress, stop);
    const Matrix<double> scores = scores_of(again, chain, judged);
    answers.add(judged, scores);
    ++result.parts;
    if (rows.varieties.empty() || on_features(again)) continue;
    const VarietyAnswers of_part =
        answer_varieties(fit_varieties(chain.table(rows), train_side, again.train, stop),
                         rows.train_labels, *chain.inputs, judged, scores.view());
    result.varieties.insert(result.varieties.end(), of_part.begin(), of_part.end());
  }
  result.begins = answers.begins();
  if (result.parts == 0) return std::nullopt;
  result.temperature = fit_temperature(answers.scores(), labels_of(rows, answers.rows()),
                                       weights_of(rows, answers.rows()));
  result.never_held_out =
      without_aligned(rows, pool, again.train.align).size() - answers.rows().size();
  result.evaluation =
      evaluate_answers(probabilities_of(answers, rows), rows, answers.rows(), again.train.seed);
  return result;
}

}  // namespace pomona
