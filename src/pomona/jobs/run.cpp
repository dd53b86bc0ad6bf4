// SPDX-License-Identifier: Apache-2.0
#include "pomona/jobs/run.h"

#include <functional>
#include <utility>

#include "pomona/base/digest.h"
#include "pomona/base/error.h"
#include "pomona/base/parallel.h"
#include "pomona/dataset/feature_copies.h"
#include "pomona/dataset/image_input.h"
#include "pomona/jobs/run_record.h"
#include "pomona/output/earlier_results.h"
#include "pomona/output/output_folder.h"
#include "pomona/output/output_names.h"
#include "pomona/output/publish_results.h"
#include "pomona/output_tables/preview_table.h"
#include "pomona/report/report.h"
#include "pomona/table/parquet_features.h"
#include "pomona/training/domain_adaptation.h"
#include "pomona/training/output_layer_prior.h"
#include "pomona/training/studio_only.h"
#include "pomona/training/training_files.h"

namespace pomona {
namespace {

std::vector<std::string> inputs_of(const InputOptions& input) {
  std::vector<std::string> places;
  for (const auto* inputs : {&input.images, &input.test}) {
    for (const ImageInput& one : parse_image_inputs(*inputs)) places.push_back(one.place);
  }
  return places;
}

// run.json as it is now.
Json extraction_record(const RunRecord& record, const Extraction& extraction,
                       const Timeline& timeline) {
  Json json = record_json(record, timeline);
  add_extraction(extraction, summary_of(extraction, timeline), json);
  return json;
}

RunResult publish(const RunRecord& record, const Extraction& extraction,
                  const JobContext& context) {
  const Json json = extraction_record(record, extraction, context.timeline);
  publish_results(json, extraction.digests, extraction.moves, context.out,
                  context.execution.workers, context.execution.stop);
  return {print_json(json), summary_of(extraction, context.timeline), {}};
}

ExtractRequest request_of(const RunOptions& options) {
  return {options.input, options.extract, options.earlier, options.output.force};
}

// The files that training reads beside photographs.
struct TrainingFiles {
  std::optional<Catalogue> catalogue;
  std::optional<BackboneClasses> classes;
};

// Throws invalid_input for options that do not go together.
TrainingFiles open_training_files(const RunOptions& options) {
  options.check();
  check_studio(options.train.studio, source_names(parse_image_inputs(options.input.images)));
  check_adaptation(options.train);
  return {open_catalogue(options.train.catalogue, *options.input.stores),
          open_backbone_classes(options.train, *options.input.stores)};
}

// Digest of what `run` makes of the features: its options, with the content of files in place of
// their names.
std::string training_digest(const RunOptions& options, const TrainingFiles& files) {
  Json json = merged({options_json(options.reduce), options_json(options.train)});
  json["verb"] = "run";
  if (files.catalogue) json["catalogue"] = files.catalogue->digest();
  if (files.classes) json["backbone_classes"] = files.classes->digest();
  return sha256(json.dump());
}

// Of a run that has made what is asked for already.
RunResult earlier_result(const OutputFolder& out, Progress& progress) {
  const std::string text = out.root().read("run.json");
  const Json record = parse_run_record(text, "run.json");
  progress.note("'" + out.place() +
                "' is complete: it was made of the same photographs with the same options, " +
                read_member<std::string>(record, "started", "run.json"));
  RunResult result{print_json(record), parse_extraction_summary(text, "run.json"), {}};
  if (out.root().exists("metrics.json")) {
    result.metrics = parse_metrics_summary(out.root().read("metrics.json"), "metrics.json");
    for (const std::string& sentence : result.metrics.warnings) progress.warn(sentence);
  }
  return result;
}

RunResult finish_run(const RunOptions& options, const TrainingFiles& files, ExtractionWork work,
                     RunRecord& record, const JobContext& context) {
  OutputFolder& out = context.out;
  Timeline& timeline = context.timeline;
  if (files.classes) {
    // Report classes that the backbone lacks before hours of extraction, not after.
    const OutputLayerPrior tried(work.setup.backbone, *files.classes, /*labels=*/{});
  }
  Extraction extraction =
      extract_tables(std::move(work), request_of(options), options.reduce.components, context);
  TrainJobOptions job;
  TrainChainOptions& learn = job.chain;
  learn.reduce = options.reduce;
  learn.catalogue = files.catalogue;
  learn.backbone_classes = files.classes;
  learn.train = options.train;
  learn.train.seed = options.input.split.seed;
  learn.split = options.input.split;
  learn.split_kind = extraction.split_kind;
  std::optional<Previews> previews;
  if (extraction.previews && extraction.rows.test_rows() > 0) {
    previews = read_previews(out.work(), *extraction.previews, extraction.rows);
    learn.previews = &*previews;
  }
  learn.sources = source_names(parse_image_inputs(options.input.images));
  const ParquetFeatures features(out.work(), extraction.features);
  join_feature_copies(extraction.rows, features, context.execution);
  const TrainingMetrics metrics =
      train_job({features, extraction.rows, *extraction.moments}, extraction.setup, job, context);

  record.inputs = inputs_json(options.input);
  record.options =
      merged({options_json(options.extract, extraction.setup), options_json(options.input),
              options_json(options.reduce, metrics.pca.n_components), options_json(options.train)});
  record.fingerprint = result_fingerprint(extraction.fingerprint, training_digest(options, files));
  timeline.begin("report");
  context.execution.progress.begin("report", 0);
  write_record(extraction_record(record, extraction, timeline), out);
  out.staged().write("report.html", render_report(out.staged(), {out.work(), extraction.previews}));
  timeline.end();
  RunResult result = publish(record, extraction, context);
  result.metrics = summary_of(metrics);
  return result;
}

// Nothing is made of the features.
const std::string& extract_alone() {
  static const std::string digest = sha256("extract");
  return digest;
}

RunResult finish_extract(const RunOptions& options, ExtractionWork work, RunRecord& record,
                         const JobContext& context) {
  const Extraction extraction = extract_tables(std::move(work), request_of(options),
                                               /*components=*/std::nullopt, context);
  context.timeline.end();
  record.inputs = inputs_json(options.input);
  record.options =
      merged({options_json(options.extract, extraction.setup), options_json(options.input)});
  record.fingerprint = result_fingerprint(extraction.fingerprint, extract_alone());
  return publish(record, extraction, context);
}

// What throws away the work of other shards, or asks more than one shard can know.
void check_share_options(const RunOptions& options, const std::optional<ShardShare>& share) {
  if (!share) return;
  share->check();
  for (const auto& [given, name] : {std::pair(options.output.force, "force"),
                                    std::pair(options.earlier.retry_failures, "retry_failures")}) {
    if (!given) continue;
    throw Error(ErrorKind::kInvalidInput,
                std::string("shard, ") + name + ": a shard does not go with " + name +
                    ", which would undo what other shards have done; give that without a shard, "
                    "or name a new output folder");
  }
}

// Has another process published what the shards have made?
bool is_published(const OutputFolder& out, const std::string& following) {
  if (out.fingerprint().empty() || !out.root().exists(kSuccess)) return false;
  const Json record = parse_run_record(out.root().read("run.json"), "run.json");
  return record.value("fingerprint", Json()) == result_fingerprint(out.fingerprint(), following);
}

Json share_json(const std::string& verb, const ExtractionWork& work, const ShareResult& result,
                const Timeline& timeline) {
  const ExtractCounts& counts = result.counts;
  return {{"verb", verb},
          {"precision", precision_name(work.setup.featurizer.precision)},
          {"files", work.manifest.rows.size()},
          {"parts", result.shards},
          {"parts_left", result.left},
          {"done",
           {{"parts", counts.shards},
            {"ok", counts.ok},
            {"failed", counts.failed},
            {"skipped", counts.skipped},
            {"decoded", counts.decoded},
            {"rows_taken", counts.taken},
            {"bytes", counts.bytes}}},
          {"timeline", timeline_json(timeline)},
          {"seconds", timeline.seconds()}};
}

// A verb whose extraction several machines share.
struct SharedVerb {
  std::string name;
  std::string following;  // as in result_fingerprint()
  // What the machine does that finds all finished; empty: nothing.
  std::function<RunResult(ExtractionWork, const JobContext&)> publish;
};

ShareRun share_on_images(const RunOptions& options, const SharedVerb& verb,
                         const std::optional<ShardShare>& share, Progress& progress,
                         const std::stop_token& stop) {
  Timeline timeline;
  OutputFolder out(options.output.out, *options.input.stores, inputs_of(options.input),
                   OutputFolder::Access::kShared);
  const auto published = [&] {
    RunResult result = earlier_result(out, progress);
    return ShareRun{0, result.record, std::move(result)};
  };
  try {
    const JobContext context{
        out, timeline, {progress, stop, workers_or_all(options.extract.workers)}};
    std::optional<ExtractionWork> work =
        begin_extraction(request_of(options), verb.following, context);
    if (!work) return published();
    const ShareResult result = extract_share(*work, request_of(options), share, context);
    timeline.end();
    ShareRun run{result.left, print_json(share_json(verb.name, *work, result, timeline)),
                 std::nullopt};
    if (!share || result.left > 0 || !verb.publish) return run;
    work->done = {result.counts.shards, result.counts.decoded, result.counts.taken};
    run.result = verb.publish(std::move(*work), context);
    return run;
  } catch (const Error& error) {
    if (error.kind() == ErrorKind::kInterrupted) throw error_of_work(error, out);
    if (out.is_published_elsewhere()) {
      return {0, print_json({{"verb", verb.name}, {"parts_left", 0}}), std::nullopt};
    }
    if (is_published(out, verb.following)) {
      out.drop_abandoned_work();
      return published();
    }
    throw error_of_work(error, out);
  }
}

// What `run` and `extract` share: begins or goes on, and lets `finish` do the rest.
template <class Finish>
RunResult run_on_images(const RunOptions& options, const std::string& verb,
                        const std::string& following, Progress& progress,
                        const std::stop_token& stop, const Finish& finish) {
  Timeline timeline;
  RunRecord record = start_record(verb, options.output);
  OutputFolder out(options.output.out, *options.input.stores, inputs_of(options.input));
  return at_work(out, [&] {
    const JobContext context{
        out, timeline, {progress, stop, workers_or_all(options.extract.workers)}};
    std::optional<ExtractionWork> work = begin_extraction(request_of(options), following, context);
    if (!work) return earlier_result(out, progress);
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

RunResult run(const RunOptions& options, Progress& progress, const std::stop_token& stop) {
  const TrainingFiles files = open_training_files(options);
  return run_on_images(
      options, "run", training_digest(options, files), progress, stop,
      [&](const RunOptions&, ExtractionWork work, RunRecord& record, const JobContext& context) {
        return finish_run(options, files, std::move(work), record, context);
      });
}

RunResult run_extract(const RunOptions& options, Progress& progress, const std::stop_token& stop) {
  options.check();
  return run_on_images(options, "extract", extract_alone(), progress, stop, finish_extract);
}

ShareRun run_share(const RunOptions& options, const std::optional<ShardShare>& share,
                   Progress& progress, const std::stop_token& stop) {
  const TrainingFiles files = open_training_files(options);
  check_share_options(options, share);
  const SharedVerb verb{"run", training_digest(options, files), {}};
  return share_on_images(options, verb, share, progress, stop);
}

ShareRun run_extract_share(const RunOptions& options, const std::optional<ShardShare>& share,
                           Progress& progress, const std::stop_token& stop) {
  options.check();
  check_share_options(options, share);
  RunRecord record = start_record("extract", options.output);
  const auto publish = [&](ExtractionWork work, const JobContext& context) {
    return finish_extract(options, std::move(work), record, context);
  };
  return share_on_images(options, {"extract", extract_alone(), publish}, share, progress, stop);
}

}  // namespace pomona
