// SPDX-License-Identifier: Apache-2.0
#include "pomona/jobs/extraction_summary.h"

#include <algorithm>
#include <cstdint>

#include "pomona/extract/feature_recipe.h"
#include "pomona/output/earlier_results.h"

namespace pomona {
namespace {

double seconds_of(const Timeline& timeline, std::string_view stage) {
  double seconds = 0;
  for (const TimelineStage& one : timeline.stages()) {
    if (one.stage == stage) seconds += one.seconds;
  }
  return seconds;
}

}  // namespace

ExtractionSummary summary_of(const Extraction& extraction, const Timeline& timeline) {
  const ExtractCounts& counts = extraction.counts;
  ExtractionSummary summary;
  summary.found = extraction.found;
  summary.ok = counts.ok;
  summary.failed = counts.failed;
  summary.skipped = counts.skipped;
  summary.damaged = counts.damaged;
  for (const LabelCounts& label : extraction.labels) {
    summary.train += label.train;
    summary.test += label.test;
    if (!label.label.empty()) ++summary.classes;
  }
  summary.decoded = counts.decoded;
  summary.backbone = extraction.setup.backbone.spec.name;
  summary.size = extraction.setup.featurizer.size;
  summary.precision = precision_name(extraction.setup.featurizer.precision);
  summary.crops = crop_names(extraction.setup.crops);
  summary.workers = extraction.setup.featurizer.slots;
  if (counts.shards_kept == 0 && counts.taken == 0) {
    summary.images_per_second =
        static_cast<double>(counts.ok) / std::max(seconds_of(timeline, "extract"), 1e-9);
  }
  summary.seconds = timeline.seconds();
  summary.not_used = extraction.not_used;
  return summary;
}

ExtractionSummary parse_extraction_summary(std::string_view text, std::string_view where) {
  const Json record = parse_run_record(text, where);
  const Json& counts = member_of(record, "counts", where);
  const Json& backbone = member_of(record, "backbone", where);
  const auto count = [&](const Json& object, const char* name) {
    return static_cast<std::size_t>(read_member<std::uint64_t>(object, name, where));
  };
  ExtractionSummary summary;
  summary.found = count(counts, "found");
  summary.ok = count(counts, "ok");
  summary.failed = count(counts, "failed");
  summary.skipped = count(counts, "skipped");
  // Older versions wrote none.
  if (counts.contains("damaged")) summary.damaged = count(counts, "damaged");
  summary.train = count(counts, "train");
  summary.test = count(counts, "test");
  summary.classes = count(counts, "classes");
  summary.decoded = count(member_of(record, "work", where), "decoded");
  summary.backbone = read_member<std::string>(backbone, "name", where);
  summary.size = read_member<int>(backbone, "size", where);
  summary.precision = read_member<std::string>(record, "precision", where);
  summary.crops = read_member<std::vector<std::string>>(record, "crops", where);
  summary.workers = count(record, "workers");
  if (!member_of(record, "images_per_second", where).is_null()) {
    summary.images_per_second = read_member<double>(record, "images_per_second", where);
  }
  summary.seconds = read_member<double>(record, "seconds", where);
  // Older versions wrote none.
  if (record.contains("not_used")) {
    summary.not_used = parse_file_groups(record.at("not_used"), where);
  }
  return summary;
}

void add_extraction(const Extraction& extraction, const ExtractionSummary& summary, Json& record) {
  const BackboneSpec& spec = extraction.setup.backbone.spec;
  record["backbone"] = {{"name", summary.backbone},
                        {"digest", extraction.setup.backbone.digest},
                        {"size", summary.size},
                        {"input", input_text(spec)},
                        {"feature_count", spec.feature_count},
                        {"source", spec.source},
                        {"license", spec.license}};
  record["precision"] = summary.precision;
  record["fit"] = fit_name(extraction.setup.fit);
  record["crops"] = summary.crops;
  record["batch"] = extraction.setup.featurizer.batch;
  record["workers"] = summary.workers;
  record["counts"] = {{"found", summary.found},
                      {"ok", summary.ok},
                      {"failed", summary.failed},
                      {"skipped", summary.skipped},
                      {"damaged", summary.damaged},
                      {"train", summary.train},
                      {"test", summary.test},
                      {"classes", summary.classes},
                      {"bytes", extraction.counts.bytes}};
  record["not_used"] = file_groups_json(summary.not_used);
  record["labels"] = labels_json(extraction.labels);
  record["features_by"] = recipe_json(feature_recipe(extraction.setup));
  record["work"] = {{"shards", extraction.shards},
                    {"shards_kept", extraction.counts.shards_kept},
                    {"rows_taken", extraction.counts.taken},
                    {"decoded", summary.decoded}};
  record["images_per_second"] =
      summary.images_per_second ? Json(*summary.images_per_second) : Json(nullptr);
}

}  // namespace pomona
