// SPDX-License-Identifier: Apache-2.0
#include "pomona/pipeline/run.h"

#include <type_traits>
#include <utility>
#include <variant>

#include "pomona/base/digest.h"
#include "pomona/base/error.h"
#include "pomona/base/parallel.h"
#include "pomona/pipeline/bundle_network.h"
#include "pomona/pipeline/feature_place.h"
#include "pomona/pipeline/machine.h"
#include "pomona/pipeline/map.h"
#include "pomona/pipeline/output_digests.h"
#include "pomona/pipeline/output_folder.h"
#include "pomona/pipeline/run_record.h"
#include "pomona/pipeline/thumbnails.h"

namespace pomona {
namespace {

std::vector<std::string> inputs_of(const InputOptions& input) { return {input.images, input.test}; }

Json merged(std::initializer_list<Json> objects) {
  Json result = Json::object();
  for (const Json& object : objects) result.update(object);
  return result;
}

RunRecord start_record(const std::string& verb, const OutputOptions& output) {
  RunRecord record;
  record.verb = verb;
  record.command = output.command;
  record.started = utc_now();
  return record;
}

Json image_inputs(const InputOptions& input) {
  return {{"images", input.images},
          {"test", input.test.empty() ? Json(nullptr) : Json(input.test)}};
}

void write_record(const Json& record, OutputFolder& out) {
  out.staged().write("run.json", print_json(record));
}

void publish(const Json& record, OutputFolder& out, std::size_t workers,
             const std::stop_token& stop) {
  write_record(record, out);
  write_digests(out.staged(), {}, workers_or_all(workers));
  throw_if_stopped(stop);
  out.publish({});
}

void publish(const Json& record, const Extraction& extraction, OutputFolder& out,
             const std::stop_token& stop) {
  write_record(record, out);
  write_digests(out.staged(), extraction.digests, extraction.setup.featurizer.slots);
  throw_if_stopped(stop);
  out.publish(extraction.work_tables);
}

WorkOptions work_options(const RunOptions& options) {
  return {options.output.force, options.earlier.from, options.earlier.by_hash,
          options.earlier.retry_failures};
}

// Of what a run gives: the same photographs, settings and options give the same.
std::string result_fingerprint(const std::string& extraction, const Json& options) {
  return sha256(extraction + options.dump()).substr(0, extraction.size());
}

// What `run` does beyond extraction, as given.
Json learning_options(const RunOptions& options) {
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
  return {{"verb", "run"},
          {"components", std::move(components)},
          {"scale", options.reduce.scale},
          {"classifier", classifier_kind_name(options.train.classifier)}};
}

// run.json of a run that has made what is asked for already.
Json earlier_record(const OutputFolder& out, const RunOptions& options, Progress& progress) {
  progress.note("'" + options.output.out +
                "' is complete: it was made of the same photographs with the same options");
  return parse_json(out.root().read("run.json"), "run.json");
}

// Says where a run that fails can be gone on with.
template <class Body>
auto with_hint(OutputFolder& out, const std::string& place, const Body& body) {
  try {
    return body();
  } catch (const Error& error) {
    if (!out.keeps_work()) throw;
    // To be mended by other photographs or other options, which must not be held up by this work.
    if (error.kind() == ErrorKind::kInvalidInput) out.yield_work();
    throw Error(error.kind(), std::string(error.what()) + "; what is finished is kept in '" +
                                  place +
                                  "': the same command goes on from there, `pomona clean` removes "
                                  "it");
  }
}

void write_pictures(const Extraction& extraction, const Json& metrics,
                    const std::vector<std::size_t>& map_rows, OutputFolder& out) {
  if (extraction.pictures == nullptr) return;
  const std::vector<std::size_t> chosen =
      rows_to_show(extraction.rows, *extraction.pictures, metrics, map_rows);
  write_thumbnails(extraction.rows, *extraction.pictures, chosen, out.staged(),
                   extraction.setup.featurizer.slots);
}

// run.json of the run that made a feature table; without it there is no training.
const Json& run_record_of(const FeaturePlace& features, const FromFeaturesOptions& options) {
  if (!features.run_record || !features.run_record->contains("backbone")) {
    throw Error(ErrorKind::kInvalidInput, "training on '" + options.features +
                                              "': no run.json beside the features says which "
                                              "backbone made them; train on a folder made "
                                              "by `pomona extract` or `pomona run`");
  }
  return *features.run_record;
}

// What that run recorded of its backbone.
FeatureOrigin origin_of(const Json& record, const FromFeaturesOptions& options) {
  FeatureOrigin origin;
  origin.backbone = read_backbone(options.models.empty() ? default_models_folder() : options.models,
                                  record.at("backbone").at("name").get<std::string>());
  if (origin.backbone.digest != record.at("backbone").at("digest").get<std::string>()) {
    throw Error(ErrorKind::kInvalidInput,
                "training on '" + options.features + "': the installed backbone '" +
                    origin.backbone.spec.name + "' is another one than made these features");
  }
  origin.size = record.at("backbone").at("size").get<int>();
  origin.batch = record.at("batch").get<int>();
  origin.precision = precision_from_name(record.at("precision").get<std::string>());
  origin.fit = fit_from_name(record.at("fit").get<std::string>());
  return origin;
}

// How the rows of a feature table were divided, as the run that made it recorded.
struct RecordedSplit {
  SplitOptions options;
  SplitKind kind = SplitKind::kNone;
};

RecordedSplit recorded_split(const Json& record, const TableRows& rows) {
  const Json& options = record.at("options");
  RecordedSplit split;
  split.options.holdout = options.at("holdout").get<double>();
  split.options.train_files = options.at("train_files").get<std::string>();
  split.options.test_files = options.at("test_files").get<std::string>();
  split.options.group = options.at("group").get<std::string>();
  split.options.seed = options.at("seed").get<std::uint64_t>();
  if (record.at("inputs").at("test").is_string()) {
    split.kind = SplitKind::kTestSet;
  } else if (!split.options.train_files.empty() || !split.options.test_files.empty()) {
    split.kind = SplitKind::kFileNames;
  } else if (rows.test_rows() > 0) {
    split.kind = SplitKind::kHoldout;
  }
  return split;
}

std::vector<std::int32_t> training_classes(const TableRows& rows) {
  std::vector<std::int32_t> classes(rows.rows(), kNotInTraining);
  for (const std::size_t row : rows.side(Split::kTrain)) classes[row] = rows.label_index[row];
  return classes;
}

std::size_t components_of(const Json& metrics) {
  return metrics.at("pca").at("n_components").get<std::size_t>();
}

}  // namespace

namespace {

Json finish_run(const RunOptions& options, ExtractionWork work, RunRecord& record,
                OutputFolder& out, Timeline& timeline, Progress& progress,
                const std::stop_token& stop) {
  const Extraction extraction =
      extract_tables(std::move(work), options.input, options.extract, work_options(options),
                     options.reduce.components, out, timeline, progress, stop);
  LearnOptions learn;
  learn.reduce = options.reduce;
  learn.train = options.train;
  learn.train.workers = extraction.setup.featurizer.slots;
  learn.train.seed = options.input.split.seed;
  learn.split = options.input.split;
  learn.split_kind = extraction.split_kind;
  learn.pictures = extraction.pictures.get();
  const Json metrics =
      learn_tables({out.work(), "features", extraction.rows, *extraction.moments},
                   feature_origin(extraction.setup), learn, out, timeline, progress, stop);

  record.inputs = image_inputs(options.input);
  record.options =
      merged({options_json(options.extract, extraction.setup), options_json(options.input.split),
              options_json(options.reduce, components_of(metrics)), options_json(options.train)});
  record.fingerprint = result_fingerprint(extraction.fingerprint, learning_options(options));
  const auto json = [&] {
    Json result = record_json(record, timeline);
    add_extraction(extraction, timeline, result);
    return result;
  };
  timeline.begin("report");
  progress.begin("report", 0);
  write_pictures(extraction, metrics, map_rows(extraction.rows), out);
  if (options.render_report) {
    write_record(json(), out);
    out.staged().write("report.html", options.render_report(out.staged()));
  }
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
                    OutputFolder& out, Timeline& timeline, Progress& progress,
                    const std::stop_token& stop) {
  const Extraction extraction =
      extract_tables(std::move(work), options.input, options.extract, work_options(options),
                     /*components=*/std::nullopt, out, timeline, progress, stop);
  write_pictures(extraction, /*metrics=*/nullptr, /*map_rows=*/{}, out);
  timeline.end();
  record.inputs = image_inputs(options.input);
  record.options =
      merged({options_json(options.extract, extraction.setup), options_json(options.input.split)});
  record.fingerprint = result_fingerprint(extraction.fingerprint, extract_alone());
  Json result = record_json(record, timeline);
  add_extraction(extraction, timeline, result);
  publish(result, extraction, out, stop);
  return result;
}

// What `run` and `extract` share: begins or goes on, and lets `finish` do the rest.
template <class Finish>
Json run_on_images(const RunOptions& options, const std::string& verb, const Json& beyond,
                   Progress& progress, const std::stop_token& stop, const Finish& finish) {
  Timeline timeline;
  RunRecord record = start_record(verb, options.output);
  OutputFolder out(options.output.out, options.input.stores, inputs_of(options.input));
  return with_hint(out, options.output.out, [&] {
    std::optional<ExtractionWork> work = begin_extraction(
        options.input, options.extract, work_options(options), options.output.out,
        [&](const std::string& extraction) { return result_fingerprint(extraction, beyond); }, out,
        timeline, progress, stop);
    if (!work) return earlier_record(out, options, progress);
    return finish(options, std::move(*work), record, out, timeline, progress, stop);
  });
}

}  // namespace

Json run(const RunOptions& options, Progress& progress, const std::stop_token& stop) {
  return run_on_images(options, "run", learning_options(options), progress, stop, finish_run);
}

Json run_extract(const RunOptions& options, Progress& progress, const std::stop_token& stop) {
  return run_on_images(options, "extract", extract_alone(), progress, stop, finish_extract);
}

std::optional<Json> run_extract_share(const RunOptions& options, const ShardShare& share,
                                      std::size_t& left, Progress& progress,
                                      const std::stop_token& stop) {
  Timeline timeline;
  RunRecord record = start_record("extract", options.output);
  OutputFolder out(options.output.out, options.input.stores, inputs_of(options.input),
                   OutputFolder::Access::kShared);
  const auto begin = [&] {
    return begin_extraction(
        options.input, options.extract, work_options(options), options.output.out,
        [&](const std::string& extraction) {
          return result_fingerprint(extraction, extract_alone());
        },
        out, timeline, progress, stop);
  };
  std::optional<ExtractionWork> work = begin();
  if (!work) return earlier_record(out, options, progress);
  const ShareResult result = extract_share(*work, options.input, options.extract,
                                           work_options(options), share, out, progress, stop);
  left = result.shards - result.finished;
  if (left > 0) return std::nullopt;
  return finish_extract(options, std::move(*work), record, out, timeline, progress, stop);
}

Json run_reduce(const FromFeaturesOptions& options, Progress& progress,
                const std::stop_token& stop) {
  Timeline timeline;
  RunRecord record = start_record("reduce", options.output);
  OutputFolder out(options.output.out, options.stores, {options.features});
  out.begin_anew(options.output.force);
  const FeaturePlace features = open_features(options.features, options.stores);
  timeline.begin("prepare");
  const TableRows rows = rows_of_table(*features.store, features.place, /*group_pattern=*/"");
  const Moments moments = table_moments(*features.store, features.place, training_classes(rows),
                                        rows.train_labels.size(), stop);
  timeline.begin("reduce");
  const Reduction reduction = fit_reduction(moments, options.reduce);
  ReducedTableWriter table(out.staged(), "reduced");
  ReducedCsvWriter csv(out.staged(), "reduced.csv", reduction.pca.n_components());
  ReduceSinks sinks;
  sinks.table = &table;
  sinks.csv = &csv;
  reduce(*features.store, features.place, rows, fold(reduction.scaler, reduction.pca), sinks,
         workers_or_all(options.train.workers), progress, stop);
  timeline.end();
  record.inputs = {{"features", options.features}};
  record.options = options_json(options.reduce, reduction.pca.n_components());
  Json result = record_json(record, timeline);
  result["counts"] = {{"train", rows.train_rows()}, {"test", rows.test_rows()}};
  result["pca"] = {{"n_components", reduction.pca.n_components()},
                   {"explained_variance_ratio", reduction.pca.explained_variance_ratio}};
  publish(result, out, options.train.workers, stop);
  return result;
}

Json run_train(const FromFeaturesOptions& options, Progress& progress,
               const std::stop_token& stop) {
  Timeline timeline;
  RunRecord record = start_record("train", options.output);
  OutputFolder out(options.output.out, options.stores, {options.features});
  out.begin_anew(options.output.force);
  const FeaturePlace features = open_features(options.features, options.stores);
  const Json& made_by = run_record_of(features, options);
  const FeatureOrigin origin = origin_of(made_by, options);
  timeline.begin("prepare");
  LearnOptions learn;
  const std::string group =
      options.group.value_or(made_by.at("options").at("group").get<std::string>());
  const TableRows rows = rows_of_table(*features.store, features.place, group);
  const Moments moments = table_moments(*features.store, features.place, training_classes(rows),
                                        rows.train_labels.size(), stop);
  const RecordedSplit split = recorded_split(made_by, rows);
  learn.reduce = options.reduce;
  learn.train = options.train;
  learn.train.workers = workers_or_all(options.train.workers);
  learn.train.seed = options.seed.value_or(split.options.seed);
  learn.split = split.options;
  learn.split_kind = split.kind;
  learn.write_reduced = false;
  const Json metrics = learn_tables({*features.store, features.place, rows, moments}, origin, learn,
                                    out, timeline, progress, stop);
  record.inputs = {{"features", options.features}};
  record.options = merged({options_json(options.reduce, components_of(metrics)),
                           options_json(options.train),
                           {{"group", group}, {"seed", learn.train.seed}}});
  Json result = record_json(record, timeline);
  result["counts"] = {{"train", rows.train_rows()}, {"test", rows.test_rows()}};
  publish(result, out, options.train.workers, stop);
  return result;
}

}  // namespace pomona
