// SPDX-License-Identifier: Apache-2.0
#include "pomona/jobs/run_record.h"

#include <utility>
#include <variant>

#include "pomona/base/bounds.h"
#include "pomona/jobs/machine.h"
#include "pomona/output/earlier_results.h"
#include "pomona/storage/key.h"

namespace pomona {
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
               {"crops", crop_names(options.crops)},
               {"batch", setup.featurizer.batch},
               {"workers", setup.featurizer.slots},
               {"max_failures", options.max_failures},
               {"previews", options.previews},
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

Json options_json(const InputOptions& options) {
  Json json = options_json(options.split);
  json["include_hidden"] = options.include_hidden;
  return json;
}

Json options_json(const ReduceOptions& options, std::optional<std::size_t> n_components) {
  Json components = n_components ? Json(*n_components) : Json(nullptr);
  if (options.components) {
    if (const auto* share = std::get_if<VarianceShare>(&*options.components)) {
      components = share->share;
    } else if (!n_components) {
      components = std::get<ComponentCount>(*options.components).count;
    }
  }
  return {{"components", components}, {"scale", options.scale}};
}

Json options_json(const TrainOptions& options) {
  Json json = {{"classifier", classifier_kind_name(options.classifier)}};
  if (options.classifier == ClassifierKind::kLogistic) json["c"] = options.c;
  if (options.folds > 0) json["folds"] = options.folds;
  if (options.reject_rate > 0) json["reject_rate"] = options.reject_rate;
  if (!options.catalogue.empty()) json["catalogue"] = key_from_name(options.catalogue);
  if (!options.backbone_classes.empty())
    json["backbone_classes"] = key_from_name(options.backbone_classes);
  if (!options.studio.empty()) json["studio"] = options.studio;
  if (!options.adapt.empty()) json["adapt"] = options.adapt;
  return json;
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

Json timeline_json(const Timeline& timeline) {
  Json stages = Json::array();
  for (const TimelineStage& stage : timeline.stages()) {
    stages.push_back({{"stage", stage.stage}, {"start", stage.start}, {"seconds", stage.seconds}});
  }
  return stages;
}

Json record_json(const RunRecord& record, const Timeline& timeline) {
  Json json = {{"format", kRunFormat},
               {"pomona", POMONA_VERSION},
               {"verb", record.verb},
               {"command", record.command},
               {"options", record.options},
               {"inputs", record.inputs},
               {"versions", versions_json()},
               {"machine", machine_json(describe_machine())},
               {"started", record.started},
               {"timeline", timeline_json(timeline)},
               {"peak_memory_bytes", peak_memory_bytes()},
               {"seconds", timeline.seconds()}};
  if (!record.fingerprint.empty()) json["fingerprint"] = record.fingerprint;
  return json;
}

}  // namespace pomona
