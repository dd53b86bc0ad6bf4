// SPDX-License-Identifier: Apache-2.0
#include "pomona/jobs/evaluate_bundle.h"

#include <algorithm>
#include <map>
#include <numeric>
#include <optional>
#include <utility>

#include "pomona/base/bounds.h"
#include "pomona/base/error.h"
#include "pomona/base/json.h"
#include "pomona/base/parallel.h"
#include "pomona/base/row_file.h"
#include "pomona/base/unicode.h"
#include "pomona/dataset/files/file_groups.h"
#include "pomona/dataset/image_input.h"
#include "pomona/dataset/near_misses.h"
#include "pomona/dataset/scan.h"
#include "pomona/extract/extract.h"
#include "pomona/features/crop_mean.h"
#include "pomona/output_tables/feature_place.h"
#include "pomona/predict/bundle_network.h"
#include "pomona/predict/open_bundle.h"
#include "pomona/predict/self_check.h"
#include "pomona/table/parquet_features.h"

namespace pomona {
namespace {

// Turns rows of features into what the classifier takes, and keeps them on disk.
class ClassifierInputs final : public FeatureSink {
 public:
  explicit ClassifierInputs(const Bundle& bundle)
      : bundle_(bundle),
        on_features_(bundle.classifier_kind == ClassifierKind::kRidge),
        mean_(bundle.crops.size()),
        file_(system_scratch_folder(),
              on_features_ ? bundle.scaler.dims() : bundle.pca.n_components()) {}

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

TableRows extract_rows(const EvaluateOptions& options, const Bundle& bundle, FeatureSink& sink,
                       Progress& progress, const std::stop_token& stop) {
  SplitOptions split;
  split.holdout = 0;
  const ImageRoots roots = open_roots(options.input);
  Scan found = scan(roots, split, progress, stop);
  for (ManifestRow& row : found.manifest.rows) row.split = Split::kTest;
  ExtractOptions extract_options;
  extract_options.max_failures = options.max_failures;
  extract_options.limits = options.limits;
  const ExtractSetup setup = extract_setup_of(bundle, workers_or_all(options.workers));
  ExtractSinks sinks;
  sinks.features = &sink;
  extract({roots, found.manifest, setup, extract_options}, sinks, {}, progress, stop);
  for (const FileGroup& group : group_files(found.manifest)) {
    progress.note((group.status == FileStatus::kFailed ? "failed: " : "skipped: ") +
                  describe(group));
  }
  return rows_of_manifest(std::move(found.manifest), options.input.split.group);
}

// Features of another network, or of pictures seen otherwise, may well be equally wide.
void check_origin(const std::optional<RecordedRun>& run, const Bundle& bundle,
                  const std::string& where) {
  if (!run || !run->extraction) return;
  const RecordedExtraction& made = *run->extraction;
  const auto refuse_unless_same = [&](const std::string& what, const auto& found,
                                      const auto& expected) {
    if (found == expected) return;
    throw Error(ErrorKind::kInvalidInput,
                "evaluating '" + where + "': its features were made with " + what + " " +
                    Json(found).dump() + ", the bundle with " + Json(expected).dump() +
                    "; extract them with the bundle's settings, or give the photographs");
  };
  refuse_unless_same("backbone", made.backbone, backbone_spec_of(bundle).name);
  refuse_unless_same("a network of digest", made.backbone_digest, bundle.backbone_digest);
  if (!made.input.empty()) {
    refuse_unless_same("input", made.input, input_text(backbone_spec_of(bundle)));
  }
  refuse_unless_same("size", made.size, bundle.size);
  refuse_unless_same("fit", std::string(fit_name(made.fit)), bundle.fit);
  refuse_unless_same("crops", crop_names(run->crops), bundle.crops);
}

TableRows read_rows_of(const FeaturePlace& features, const EvaluateOptions& options,
                       const Bundle& bundle, FeatureSink& sink, Progress& progress,
                       const std::stop_token& stop) {
  check_origin(features.run, bundle, options.input.images.front());
  const ParquetFeatures table(*features.store, find_parts(*features.store, features.place));
  TableRows rows =
      rows_of_table(table, options.input.split.group,
                    label_rule_of(features, options.input.classes, *options.input.stores));
  progress.begin("read", rows.rows());
  const std::unique_ptr<FeatureReader> reader = table.read();
  FeatureBatch batch;
  while (reader->next(batch)) {
    throw_if_stopped(stop);
    sink.add(batch);
    progress.advance(batch.rows());
  }
  return rows;
}

// One input without a name may be features; photographs may have several.
std::optional<FeaturePlace> find_features_among(const EvaluateOptions& options) {
  const std::vector<ImageInput> inputs = parse_image_inputs(options.input.images);
  if (!source_names(inputs).empty()) return std::nullopt;
  return find_features(inputs.front().place, *options.input.stores);
}

std::string what_was_judged(bool of_features, const TableRows& rows) {
  if (!of_features) {
    return "The bundle was evaluated on the photographs given. It is not known whether it learnt "
           "from some of them.";
  }
  if (rows.test_rows() > 0) {
    return "The bundle was evaluated on the test rows of the features given.";
  }
  return "The bundle was evaluated on all rows of the features given. None is marked as test, so "
         "it "
         "may have learnt from them.";
}

// Those that have a label: of others nobody can say whether the answer is right.
std::vector<std::size_t> rows_to_judge(const TableRows& rows) {
  std::vector<std::size_t> judged = rows.side(rows.test_rows() > 0 ? Split::kTest : Split::kTrain);
  std::erase_if(judged, [&](std::size_t row) {
    return rows.manifest.label(rows.manifest.rows[row]).empty();
  });
  return judged;
}

}  // namespace

void EvaluateOptions::check() const {
  check_given("bundle", !bundle.empty(), "the folder of a bundle");
  input.check();
  check_range("workers", workers, 0, kMostWorkers);
  check_range("max_failures", max_failures, 0, 1);
  limits.check();
}

BundleEvaluation evaluate_bundle(const EvaluateOptions& options, Progress& progress,
                                 const std::stop_token& stop) {
  options.check();
  const Bundle bundle = open_bundle(options.bundle, options.models, *options.input.stores);
  if (bundle.classifier_kind == ClassifierKind::kNone) {
    throw Error(ErrorKind::kInvalidInput,
                "evaluating '" + options.bundle +
                    "': the bundle holds no classifier, since it was made from "
                    "photographs of fewer than two labels");
  }
  note_precision(bundle, progress);
  run_self_check(bundle, make_networks(extract_setup_of(bundle, /*slots=*/1)),
                 bundle.self_check.cases.size());
  ClassifierInputs inputs(bundle);
  BundleEvaluation result;
  const std::optional<FeaturePlace> features = find_features_among(options);
  result.rows = features ? read_rows_of(*features, options, bundle, inputs, progress, stop)
                         : extract_rows(options, bundle, inputs, progress, stop);
  use_labels(result.rows, bundle.labels, progress);
  const std::vector<std::size_t> judged = rows_to_judge(result.rows);
  if (std::ranges::none_of(judged,
                           [&](std::size_t row) { return result.rows.label_index[row] >= 0; })) {
    throw Error(ErrorKind::kInvalidInput, "evaluating '" + options.input.images.front() +
                                              "': none of its photographs lies in a folder named "
                                              "like a label of the bundle; expected one "
                                              "folder for each label");
  }
  const std::size_t workers = workers_or_all(options.workers);
  result.evaluation = evaluate(bundle.classifier, inputs.file(), result.rows, judged,
                               options.input.split.seed, workers);
  const Protocol protocol{"main", "Evaluation", what_was_judged(features.has_value(), result.rows),
                          0};
  add_metrics(protocol, result.evaluation, result.rows, result.results);
  add_details(result.evaluation, result.rows, result.results);
  return result;
}

Json metrics_json(const BundleEvaluation& evaluation) {
  Json json = {{"format", 1},
               {"labels", evaluation.rows.train_labels},
               {"test_rows", evaluation.evaluation.rows.size()}};
  json.update(results_json(evaluation.results));
  return json;
}

}  // namespace pomona
