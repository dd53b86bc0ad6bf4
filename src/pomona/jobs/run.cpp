// SPDX-License-Identifier: Apache-2.0
#include "pomona/jobs/run.h"

#include <type_traits>
#include <utility>
#include <variant>

#include "pomona/base/bounds.h"
#include "pomona/base/digest.h"
#include "pomona/base/error.h"
#include "pomona/dataset/image_input.h"
#include "pomona/evaluation/tsne_plot.h"
#include "pomona/jobs/run_record.h"
#include "pomona/output/output_folder.h"
#include "pomona/output/output_names.h"
#include "pomona/output/publish_results.h"
#include "pomona/output_tables/thumbnails.h"
#include "pomona/predict/bundle_network.h"
#include "pomona/report/report.h"
#include "pomona/table/parquet_features.h"
#include "pomona/training/domain_adaptation.h"
#include "pomona/training/output_layer_prior.h"
#include "pomona/training/studio_only.h"

namespace pomona {
namespace {

std::vector<std::string> inputs_of(const InputOptions& input) {
  std::vector<std::string> places;
  for (const auto* inputs : {&input.images, &input.test}) {
    for (const ImageInput& one : parse_image_inputs(*inputs)) places.push_back(one.place);
  }
  return places;
}

void publish(const Json& record, const Extraction& extraction, OutputFolder& out,
             const std::stop_token& stop) {
  publish_results(record, extraction.digests, extraction.moves, out,
                  extraction.setup.featurizer.slots, stop);
}

WorkOptions work_options(const RunOptions& options) {
  return {options.earlier, options.output.force};
}

ExtractRequest request_of(const RunOptions& options) {
  return {options.input, options.extract, work_options(options)};
}

// Of what a run gives: the same photographs, settings and options give the same.
std::string result_fingerprint(const std::string& extraction, const Json& options) {
  return sha256(extraction + options.dump()).substr(0, extraction.size());
}

// The files that training reads beside photographs.
struct TrainingFiles {
  std::optional<Catalogue> catalogue;
  std::optional<BackboneClasses> classes;
};

// What `run` does beyond extraction, as given.
Json training_options(const RunOptions& options, const TrainingFiles& files) {
  Json components = nullptr;
  if (options.reduce.components) {
    components = std::visit(
        [](const auto& choice) {
          if constexpr (std::is_same_v<std::decay_t<decltype(choice)>, ComponentCount>) {
            return Json(choice.count);
          } else {
            return Json(choice.share);
          }
        },
        *options.reduce.components);
  }
  Json json = {{"verb", "run"},
               {"components", std::move(components)},
               {"scale", options.reduce.scale},
               {"classifier", classifier_kind_name(options.train.classifier)}};
  if (options.train.c != TrainOptions().c) json["c"] = options.train.c;
  if (options.train.folds > 0) json["folds"] = options.train.folds;
  if (options.train.reject_rate > 0) json["reject_rate"] = options.train.reject_rate;
  if (!options.train.studio.empty()) json["studio"] = options.train.studio;
  if (!options.train.adapt.empty()) json["adapt"] = options.train.adapt;
  if (files.catalogue) json["catalogue"] = files.catalogue->digest();
  if (files.classes) json["backbone_classes"] = files.classes->digest();
  return json;
}

// run.json of a run that has made what is asked for already.
Json earlier_record(const OutputFolder& out, Progress& progress) {
  Json record = parse_json(out.root().read("run.json"), "run.json");
  progress.note("'" + out.place() +
                "' is complete: it was made of the same photographs with the same options, " +
                read_member<std::string>(record, "started", "run.json"));
  return record;
}

void write_pictures(const Extraction& extraction, const Json& metrics,
                    const std::vector<std::size_t>& tsne_rows, OutputFolder& out) {
  if (extraction.pictures == nullptr) return;
  const std::vector<std::size_t> chosen =
      rows_to_show(extraction.rows, *extraction.pictures, metrics, tsne_rows);
  write_thumbnails(extraction.rows, *extraction.pictures, chosen, out.staged(),
                   extraction.setup.featurizer.slots);
}

Json finish_run(const RunOptions& options, const TrainingFiles& files, ExtractionWork work,
                RunRecord& record, const JobContext& context) {
  const auto& [out, timeline, progress, stop] = context;
  if (files.classes) {
    // Report classes that the backbone lacks before hours of extraction, not after.
    const OutputLayerPrior tried(work.setup.backbone, *files.classes, /*labels=*/{});
  }
  const Extraction extraction =
      extract_tables(std::move(work), request_of(options), options.reduce.components, context);
  TrainJobOptions learn;
  learn.reduce = options.reduce;
  learn.catalogue = files.catalogue;
  learn.backbone_classes = files.classes;
  learn.train = options.train;
  learn.train.workers = extraction.setup.featurizer.slots;
  learn.train.seed = options.input.split.seed;
  learn.split = options.input.split;
  learn.split_kind = extraction.split_kind;
  learn.pictures = extraction.pictures.get();
  learn.sources = source_names(parse_image_inputs(options.input.images));
  const ParquetFeatures features(out.work(), extraction.features);
  const Json metrics = train_job({features, extraction.rows, *extraction.moments}, extraction.setup,
                                 learn, out, timeline, {progress, stop, learn.train.workers});

  record.inputs = inputs_json(options.input);
  record.options =
      merged({options_json(options.extract, extraction.setup), options_json(options.input.split),
              options_json(options.reduce, components_of(metrics)), options_json(options.train)});
  record.fingerprint = result_fingerprint(extraction.fingerprint, training_options(options, files));
  const auto json = [&] {
    Json result = record_json(record, timeline);
    add_extraction(extraction, timeline, result);
    return result;
  };
  timeline.begin("report");
  progress.begin("report", 0);
  write_pictures(extraction, metrics, tsne_rows(extraction.rows), out);
  write_record(json(), out);
  out.staged().write("report.html", render_report(out.staged()));
  timeline.end();
  Json result = json();
  publish(result, extraction, out, stop);
  return result;
}

const Json& extract_alone() {
  static const Json options = {{"verb", "extract"}};
  return options;
}

Json finish_extract(const RunOptions& options, ExtractionWork work, RunRecord& record,
                    const JobContext& context) {
  const Extraction extraction = extract_tables(std::move(work), request_of(options),
                                               /*components=*/std::nullopt, context);
  write_pictures(extraction, /*metrics=*/nullptr, /*tsne_rows=*/{}, context.out);
  context.timeline.end();
  record.inputs = inputs_json(options.input);
  record.options =
      merged({options_json(options.extract, extraction.setup), options_json(options.input.split)});
  record.fingerprint = result_fingerprint(extraction.fingerprint, extract_alone());
  Json result = record_json(record, context.timeline);
  add_extraction(extraction, context.timeline, result);
  publish(result, extraction, context.out, context.stop);
  return result;
}

constexpr std::size_t kMostShards = 65'536;

// What throws away the work of other shards, or asks more than one shard can know.
void check_share_options(const RunOptions& options, const ShardShare& share) {
  check_range("shard", share.count, 1, kMostShards, " machines");
  check_range("shard", share.index, 0, share.count - 1);
  for (const auto& [given, name] : {std::pair(options.output.force, "force"),
                                    std::pair(options.earlier.retry_failures, "retry_failures")}) {
    if (!given) continue;
    throw Error(ErrorKind::kInvalidInput,
                std::string("shard, ") + name + ": a shard does not go with " + name +
                    ", which would undo what other shards have done; give that without a shard, "
                    "or name a new output folder");
  }
}

// Has another shard published what all of them have made?
bool is_published(const OutputFolder& out) {
  if (out.fingerprint().empty() || !out.root().exists(kSuccess)) return false;
  const Json record = parse_json(out.root().read("run.json"), "run.json");
  return record.is_object() && record.value("fingerprint", Json()) ==
                                   result_fingerprint(out.fingerprint(), extract_alone());
}

std::optional<ExtractionWork> begin(const RunOptions& options, const Json& beyond,
                                    const JobContext& context) {
  return begin_extraction(
      request_of(options),
      [&](const std::string& extraction) { return result_fingerprint(extraction, beyond); },
      context);
}

// What `run` and `extract` share: begins or goes on, and lets `finish` do the rest.
template <class Finish>
Json run_on_images(const RunOptions& options, const std::string& verb, const Json& beyond,
                   Progress& progress, const std::stop_token& stop, const Finish& finish) {
  Timeline timeline;
  RunRecord record = start_record(verb, options.output);
  OutputFolder out(options.output.out, *options.input.stores, inputs_of(options.input));
  return at_work(out, [&] {
    const JobContext context{out, timeline, progress, stop};
    std::optional<ExtractionWork> work = begin(options, beyond, context);
    if (!work) return earlier_record(out, progress);
    return finish(options, std::move(*work), record, context);
  });
}

}  // namespace

void RunOptions::check() const {
  input.check();
  output.check();
  earlier.check();
  extract.check();
  reduce.check();
  train.check();
}

Json run(const RunOptions& options, Progress& progress, const std::stop_token& stop) {
  options.check();
  check_studio(options.train.studio, source_names(parse_image_inputs(options.input.images)));
  check_adaptation(options.train);
  const TrainingFiles files{open_catalogue(options.train.catalogue, *options.input.stores),
                            open_backbone_classes(options.train, *options.input.stores)};
  return run_on_images(
      options, "run", training_options(options, files), progress, stop,
      [&](const RunOptions&, ExtractionWork work, RunRecord& record, const JobContext& context) {
        return finish_run(options, files, std::move(work), record, context);
      });
}

Json run_extract(const RunOptions& options, Progress& progress, const std::stop_token& stop) {
  options.check();
  return run_on_images(options, "extract", extract_alone(), progress, stop, finish_extract);
}

std::optional<Json> run_extract_share(const RunOptions& options, const ShardShare& share,
                                      std::size_t& left, Progress& progress,
                                      const std::stop_token& stop) {
  options.check();
  check_share_options(options, share);
  Timeline timeline;
  RunRecord record = start_record("extract", options.output);
  OutputFolder out(options.output.out, *options.input.stores, inputs_of(options.input),
                   OutputFolder::Access::kShared);
  left = 0;
  try {
    const JobContext context{out, timeline, progress, stop};
    std::optional<ExtractionWork> work = begin(options, extract_alone(), context);
    if (!work) return earlier_record(out, progress);
    const ShareResult result = extract_share(*work, request_of(options), share, context);
    left = result.left;
    if (left > 0) return std::nullopt;
    work->done = result.done;
    return finish_extract(options, std::move(*work), record, context);
  } catch (const Error& error) {
    if (error.kind() == ErrorKind::kInterrupted) throw error_of_work(error, out);
    if (out.is_published_elsewhere()) return std::nullopt;
    if (is_published(out)) {
      out.drop_abandoned_work();
      return earlier_record(out, progress);
    }
    throw error_of_work(error, out);
  }
}

}  // namespace pomona
