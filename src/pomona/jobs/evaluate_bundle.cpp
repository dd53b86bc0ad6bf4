// SPDX-License-Identifier: Apache-2.0
#include "pomona/jobs/evaluate_bundle.h"

#include <optional>
#include <utility>
#include <vector>

#include "pomona/base/bounds.h"
#include "pomona/base/error.h"
#include "pomona/base/json.h"
#include "pomona/base/parallel.h"
#include "pomona/base/row_file.h"
#include "pomona/dataset/image_input.h"
#include "pomona/output_tables/feature_place.h"
#include "pomona/predict/bundle_network.h"
#include "pomona/predict/open_bundle.h"
#include "pomona/predict/self_check.h"
#include "pomona/table/parquet_features.h"

namespace pomona {
namespace {

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

BundleEvaluation evaluate_table(const Bundle& bundle, const FeaturePlace& place,
                                const EvaluateOptions& options, const Execution& execution) {
  check_origin(place.run, bundle, options.input.images.front());
  const ParquetFeatures table(*place.store, find_parts(*place.store, place.place));
  TableRows rows =
      rows_of_table(table, options.input.split.group,
                    label_rule_of(place, options.input.classes, *options.input.stores));
  return evaluate_features(bundle, table, std::move(rows), options.input.split.seed,
                           system_scratch_folder(), execution);
}

// One input without a name may be features; photographs may have several.
std::optional<FeaturePlace> find_features_among(const EvaluateOptions& options) {
  const std::vector<ImageInput> inputs = parse_image_inputs(options.input.images);
  if (!source_names(inputs).empty()) return std::nullopt;
  return find_features(inputs.front().place, *options.input.stores);
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
  note_precision(bundle, progress);
  run_self_check(bundle, make_networks(extract_setup_of(bundle, /*slots=*/1)),
                 bundle.self_check.cases.size());
  const Execution execution{progress, stop, workers_or_all(options.workers)};
  if (const std::optional<FeaturePlace> features = find_features_among(options)) {
    return evaluate_table(bundle, *features, options, execution);
  }
  ExtractOptions extract;
  extract.max_failures = options.max_failures;
  extract.limits = options.limits;
  return evaluate_photographs(bundle, options.input, extract, system_scratch_folder(), execution);
}

}  // namespace pomona
