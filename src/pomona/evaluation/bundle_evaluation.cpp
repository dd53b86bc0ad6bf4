// SPDX-License-Identifier: Apache-2.0
#include "pomona/evaluation/bundle_evaluation.h"

#include <algorithm>
#include <map>
#include <memory>
#include <utility>
#include <vector>

#include "pomona/base/error.h"
#include "pomona/base/row_file.h"
#include "pomona/base/stop.h"
#include "pomona/base/unicode.h"
#include "pomona/dataset/files/file_groups.h"
#include "pomona/dataset/near_misses.h"
#include "pomona/dataset/scan.h"
#include "pomona/features/crop_mean.h"
#include "pomona/predict/bundle_network.h"

namespace pomona {
namespace {

// Turns rows of features into what the classifier takes, and keeps them on disk.
class ClassifierInputs final : public FeatureSink {
 public:
  ClassifierInputs(const Bundle& bundle, const std::string& scratch_folder)
      : bundle_(bundle),
        on_features_(bundle.classifier_kind == ClassifierKind::kRidge),
        mean_(bundle.crops.size()),
        file_(scratch_folder, on_features_ ? bundle.scaler.dims() : bundle.pca.n_components()) {}

  void add(const FeatureBatch& batch) override {
    const std::size_t expected = bundle_.crops.size() * bundle_.scaler.dims();
    if (batch.features.cols() != expected) {
      throw Error(ErrorKind::kInvalidInput,
                  "evaluating features: the bundle expects " + std::to_string(expected) +
                      " a row, found " + std::to_string(batch.features.cols()) +
                      "; use features of the backbone that the bundle holds");
    }
    const MatrixView<const float> features = mean_.of(batch.features.view());
    if (on_features_) return file_.append(features);
    Matrix<float> components(batch.rows(), file_.cols());
    project(bundle_.projection, features, components.view());
    file_.append(components.view());
  }
  void finish() override {}

  const RowFile& file() const { return file_; }

 private:
  const Bundle& bundle_;
  bool on_features_;
  CropMean mean_;
  RowFile file_;
};

// Numbers labels as the bundle does. Those of bundles made before labels were in NFC may not be.
void use_labels(TableRows& rows, const std::vector<std::string>& labels, Progress& progress) {
  rows.train_labels = labels;
  std::map<std::string, std::int32_t> numbers;
  std::vector<std::string> known;
  for (const std::string& label : labels) {
    known.push_back(to_nfc(label));
    numbers.emplace(known.back(), static_cast<std::int32_t>(known.size() - 1));
  }
  for (std::size_t i = 0; i < rows.rows(); ++i) {
    const auto number = numbers.find(rows.manifest.label(rows.manifest.rows[i]));
    rows.label_index[i] = number == numbers.end() ? -1 : number->second;
  }
  const std::string near_misses = near_miss_warning(rows.manifest.labels, known);
  if (!near_misses.empty()) progress.warn(near_misses);
}

void check_classifies(const Bundle& bundle) {
  if (bundle.classifier_kind != ClassifierKind::kNone) return;
  throw Error(ErrorKind::kInvalidInput,
              "evaluating a bundle: it holds no classifier, since it was made from photographs of "
              "fewer than two labels; train one on photographs of two or more");
}

TableRows extract_rows(const Bundle& bundle, const InputOptions& input,
                       const ExtractOptions& options, FeatureSink& sink,
                       const Execution& execution) {
  SplitOptions split;
  split.holdout = 0;
  const ImageRoots roots = open_roots(input);
  Scan found = scan(roots, split, execution.progress, execution.stop);
  for (ManifestRow& row : found.manifest.rows) row.split = Split::kTest;
  const ExtractSetup setup = extract_setup_of(bundle, execution.workers);
  ExtractSinks sinks;
  sinks.features = &sink;
  extract({roots, found.manifest, setup, options}, sinks, {}, execution.progress, execution.stop);
  for (const FileGroup& group : group_files(found.manifest)) {
    execution.progress.note((group.status == FileStatus::kFailed ? "failed: " : "skipped: ") +
                            describe(group));
  }
  return rows_of_manifest(std::move(found.manifest), input.split.group);
}

// Those that have a label: of others nobody can say whether the answer is right.
std::vector<std::size_t> rows_to_judge(const TableRows& rows) {
  std::vector<std::size_t> judged = rows.side(rows.test_rows() > 0 ? Split::kTest : Split::kTrain);
  std::erase_if(judged, [&](std::size_t row) {
    return rows.manifest.label(rows.manifest.rows[row]).empty();
  });
  return judged;
}

// What is evaluated, for errors and for readers.
struct Evaluated {
  std::string what;
  std::string explanation;
  std::uint64_t seed = 0;
};

// What both kinds of rows come to.
BundleEvaluation judge(const Bundle& bundle, const ClassifierInputs& inputs, TableRows rows,
                       const Evaluated& evaluated, const Execution& execution) {
  BundleEvaluation result;
  result.rows = std::move(rows);
  use_labels(result.rows, bundle.labels, execution.progress);
  const std::vector<std::size_t> judged = rows_to_judge(result.rows);
  if (std::ranges::none_of(judged,
                           [&](std::size_t row) { return result.rows.label_index[row] >= 0; })) {
    throw Error(ErrorKind::kInvalidInput,
                "evaluating " + evaluated.what + ": none of the " +
                    std::to_string(result.rows.rows()) +
                    " photographs has a label of the bundle, such as '" + bundle.labels.front() +
                    "'; name labels as the bundle does; the label of a photograph is its folder");
  }
  throw_if_stopped(execution.stop);
  result.evaluation = evaluate(bundle.classifier, inputs.file(), result.rows, judged,
                               evaluated.seed, execution.workers);
  add_metrics({"main", "Evaluation", evaluated.explanation, 0}, result.evaluation, result.rows,
              result.results);
  add_details(result.evaluation, result.rows, result.results);
  return result;
}

}  // namespace

BundleEvaluation evaluate_features(const Bundle& bundle, const FeatureSource& features,
                                   TableRows rows, std::uint64_t seed,
                                   const std::string& scratch_folder, const Execution& execution) {
  check_classifies(bundle);
  ClassifierInputs inputs(bundle, scratch_folder);
  execution.progress.begin("read", rows.rows());
  const std::unique_ptr<FeatureReader> reader = features.read();
  FeatureBatch batch;
  while (reader->next(batch)) {
    throw_if_stopped(execution.stop);
    inputs.add(batch);
    execution.progress.advance(batch.rows());
  }
  const std::string explanation =
      rows.test_rows() > 0
          ? "The bundle was evaluated on the test rows of the features given."
          : "The bundle was evaluated on all rows of the features given. None is marked as test, "
            "so it may have learnt from them.";
  return judge(bundle, inputs, std::move(rows),
               {"the feature table " + features.describe(), explanation, seed}, execution);
}

BundleEvaluation evaluate_photographs(const Bundle& bundle, const InputOptions& input,
                                      const ExtractOptions& options,
                                      const std::string& scratch_folder,
                                      const Execution& execution) {
  check_classifies(bundle);
  ClassifierInputs inputs(bundle, scratch_folder);
  TableRows rows = extract_rows(bundle, input, options, inputs, execution);
  return judge(bundle, inputs, std::move(rows),
               {"the photographs in '" + input.images.front() + "'",
                "The bundle was evaluated on the photographs given. It is not known whether it "
                "learnt from some of them.",
                input.split.seed},
               execution);
}

Json metrics_json(const BundleEvaluation& evaluation) {
  Json json = {{"format", 1},
               {"labels", evaluation.rows.train_labels},
               {"test_rows", evaluation.evaluation.rows.size()}};
  json.update(results_json(evaluation.results));
  return json;
}

}  // namespace pomona
