// SPDX-License-Identifier: Apache-2.0
#include "pomona/jobs/run_record.h"

#include "pomona/base/bounds.h"

#include <algorithm>
#include <variant>

#include "pomona/extract/feature_recipe.h"
#include "pomona/jobs/machine.h"
#include "pomona/predict/bundle_network.h"
#include "pomona/storage/key.h"

namespace pomona {
namespace {

double seconds_of(const Timeline& timeline, std::string_view stage) {
  double seconds = 0;
  for (const TimelineStage& one : timeline.stages()) {
    if (one.stage == stage) seconds += one.seconds;
  }
  return seconds;
}

std::size_t count_side(const Json& labels, const char* side) {
  std::size_t count = 0;
  for (const Json& label : labels) count += label.at(side).get<std::size_t>();
  return count;
}

std::size_t count_named(const Json& labels) {
  return static_cast<std::size_t>(
      std::ranges::count_if(labels, [](const Json& label) { return label.at("label") != ""; }));
}

}  // namespace

Json options_json(const DecodeLimits& limits) {
  return {{"max_pixels", limits.max_pixels},
          {"max_decode_memory", limits.max_decode_memory},
          {"max_decode_time", limits.max_decode_time},
          {"max_damage", limits.max_damage}};
}

Json options_json(const ExtractOptions& options, const ExtractSetup& setup) {
  Json json = {{"backbone", key_from_name(options.backbone)},
               {"size", setup.featurizer.size},
               {"precision", options.precision ? precision_name(*options.precision) : "auto"},
               {"fit", fit_name(options.fit)},
               {"views", view_names(options.views)},
               {"batch", setup.featurizer.batch},
               {"workers", setup.featurizer.slots},
               {"max_failures", options.max_failures},
               {"thumbnails", options.thumbnails},
               {"part_files", options.part_files}};
  json.update(options_json(options.limits));
  return json;
}

Json options_json(const SplitOptions& options) {
  return {{"holdout", options.holdout},
          {"train_files", key_from_name(options.train_files)},
          {"test_files", key_from_name(options.test_files)},
          {"group", key_from_name(options.group)},
          {"seed", options.seed}};
}

Json options_json(const ReduceOptions& options, std::size_t n_components) {
  Json components = n_components;
  if (options.components) {
    if (const auto* share = std::get_if<VarianceShare>(&*options.components)) {
      components = share->share;
    }
  }
  return {{"components", components}, {"scale", options.scale}};
}

Json options_json(const TrainOptions& options) {
  Json json = {{"classifier", classifier_kind_name(options.classifier)}};
  if (options.classifier == ClassifierKind::kLogistic) json["c"] = options.c;
  if (options.folds > 0) json["folds"] = options.folds;
  if (options.refuse > 0) json["refuse"] = options.refuse;
  if (!options.catalogue.empty()) json["catalogue"] = key_from_name(options.catalogue);
  if (!options.backbone_classes.empty())
    json["backbone_classes"] = key_from_name(options.backbone_classes);
  if (!options.studio.empty()) json["studio"] = options.studio;
  if (!options.adapt.empty()) json["adapt"] = options.adapt;
  return json;
}

std::size_t components_of(const Json& metrics) {
  return metrics.at("pca").at("n_components").get<std::size_t>();
}

Json merged(std::initializer_list<Json> objects) {
  Json result = Json::object();
  for (const Json& object : objects) result.update(object);
  return result;
}

void OutputOptions::check() const {
  check_given("out", !out.empty(), "a folder, or s3://bucket/prefix, for the results");
}

RunRecord start_record(const std::string& verb, const OutputOptions& output) {
  RunRecord record;
  record.verb = verb;
  for (const std::string& word : output.command) record.command.push_back(key_from_name(word));
  record.started = utc_now();
  return record;
}

Json record_json(const RunRecord& record, const Timeline& timeline) {
  Json stages = Json::array();
  for (const TimelineStage& stage : timeline.stages()) {
    stages.push_back({{"stage", stage.stage}, {"start", stage.start}, {"seconds", stage.seconds}});
  }
  Json json = {{"format", 1},
               {"pomona", POMONA_VERSION},
               {"verb", record.verb},
               {"command", record.command},
               {"options", record.options},
               {"inputs", record.inputs},
               {"versions", versions_json()},
               {"machine", machine_json(describe_machine())},
               {"started", record.started},
               {"timeline", std::move(stages)},
               {"peak_memory_bytes", peak_memory_bytes()},
               {"seconds", timeline.seconds()}};
  if (!record.fingerprint.empty()) json["fingerprint"] = record.fingerprint;
  return json;
}

void add_extraction(const Extraction& extraction, const Timeline& timeline, Json& json) {
  const BackboneSpec& spec = extraction.setup.backbone.spec;
  json["backbone"] = {{"name", spec.name},
                      {"digest", extraction.setup.backbone.digest},
                      {"size", extraction.setup.featurizer.size},
                      {"feature_count", spec.feature_count},
                      {"source", spec.source},
                      {"license", spec.license}};
  json["precision"] = precision_name(extraction.setup.featurizer.precision);
  json["fit"] = fit_name(extraction.setup.fit);
  json["views"] = view_names(extraction.setup.views);
  json["batch"] = extraction.setup.featurizer.batch;
  json["workers"] = extraction.setup.featurizer.slots;
  const ExtractCounts& counts = extraction.counts;
  json["counts"] = {{"found", extraction.found},
                    {"ok", counts.ok},
                    {"failed", counts.failed},
                    {"skipped", counts.skipped},
                    {"train", count_side(extraction.labels, "train")},
                    {"test", count_side(extraction.labels, "test")},
                    {"classes", count_named(extraction.labels)},
                    {"bytes", counts.bytes}};
  json["labels"] = extraction.labels;
  json["features_by"] = feature_recipe(extraction.setup);
  json["work"] = {{"shards", extraction.shards},
                  {"shards_kept", counts.shards_kept},
                  {"rows_taken", counts.taken},
                  {"decoded", counts.decoded}};
  const bool all_was_to_do = counts.shards_kept == 0 && counts.taken == 0;
  const double seconds = std::max(seconds_of(timeline, "extract"), 1e-9);
  json["images_per_second"] =
      all_was_to_do ? Json(static_cast<double>(counts.ok) / seconds) : Json(nullptr);
}

}  // namespace pomona
