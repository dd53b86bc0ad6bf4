// SPDX-License-Identifier: Apache-2.0
#include "pomona/jobs/run_on_features.h"

#include "pomona/base/bounds.h"
#include "pomona/base/parallel.h"
#include "pomona/dataset/feature_copies.h"
#include "pomona/jobs/recorded_setup.h"
#include "pomona/jobs/run_record.h"
#include "pomona/output/output_folder.h"
#include "pomona/output/publish_results.h"
#include "pomona/output_tables/feature_place.h"
#include "pomona/output_tables/preview_table.h"
#include "pomona/predict/bundle_network.h"
#include "pomona/storage/key.h"
#include "pomona/table/parquet_features.h"
#include "pomona/table/parquet_writer.h"
#include "pomona/training/domain_adaptation.h"
#include "pomona/training/near_duplicate_groups.h"
#include "pomona/training/reduced_csv.h"
#include "pomona/training/studio_only.h"
#include "pomona/training/training_files.h"

namespace pomona {
namespace {

TableRows read_rows(const FeaturePlace& features, const FeatureSource& table,
                    const std::string& group_pattern, const FromFeaturesOptions& options) {
  TableRows rows = rows_of_table(table, group_pattern,
                                 label_rule_of(features, options.classes, *options.stores));
  rows.crops = crops_of(features).size();
  return rows;
}

// Labels are in the table, weights and varieties are not.
void warn_of_weights(const RecordedRun& run, const FromFeaturesOptions& options,
                     Progress& progress) {
  if (!options.classes.empty() || run.classes.empty()) return;
  progress.warn("classes: the features were labelled by '" + run.classes +
                "'; if it has a column weight or variety, give it again, or all photographs "
                "weigh 1 and no variety is learnt");
}

Json inputs_json(const FromFeaturesOptions& options) {
  Json json = {{"features", key_from_name(options.features)}};
  if (!options.classes.empty()) json["classes"] = key_from_name(options.classes);
  return json;
}

// What both verbs share: an output folder begun anew for what `body` makes of the features.
template <class Body>
auto run_on_features(const FromFeaturesOptions& options, const std::string& verb,
                     const Execution& execution, const Body& body) {
  Timeline timeline;
  RunRecord record = start_record(verb, options.output);
  record.inputs = inputs_json(options);
  OutputFolder out(options.output.out, *options.stores, {options.features});
  out.begin_anew(options.output.force);
  return at_work(out, [&] {
    const FeaturePlace features = open_features(options.features, *options.stores);
    return body(features, record, JobContext{out, timeline, execution});
  });
}

void publish_record(const RunRecord& record, const Json& figures, const JobContext& context) {
  const std::size_t workers = context.execution.workers;
  Json json = record_json(record, context.timeline);
  json["workers"] = workers;
  json.update(figures);
  publish_results(json, {}, {}, context.out, workers, context.execution.stop);
}

std::vector<double> reduce_features(const FromFeaturesOptions& options,
                                    const FeaturePlace& features, RunRecord& record,
                                    const JobContext& context) {
  context.timeline.begin("prepare");
  const ParquetFeatures table(*features.store, find_parts(*features.store, features.place));
  const TableRows rows = read_rows(features, table, /*group_pattern=*/"", options);
  const Moments moments = training_moments(table, rows, context.execution.stop);
  context.timeline.begin("reduce");
  Reduction reduction = fit_reduction(moments, options.reduce);
  ReducedTableWriter parquet(context.out.staged(), "reduced");
  ReducedCsvWriter csv(context.out.staged(), "reduced.csv");
  reduce(table, rows, fold(reduction.scaler, reduction.pca), {{&parquet, &csv}}, context.execution);
  context.timeline.end();
  record.options = options_json(options.reduce, reduction.pca.n_components());
  std::vector<double> ratios = std::move(reduction.pca.explained_variance_ratio);
  publish_record(record,
                 {{"counts", {{"train", rows.train_rows()}, {"test", rows.test_rows()}}},
                  {"pca", {{"n_components", ratios.size()}, {"explained_variance_ratio", ratios}}}},
                 context);
  return ratios;
}

MetricsSummary train_on_features(const FromFeaturesOptions& options, const FeaturePlace& features,
                                 RunRecord& record, const JobContext& context) {
  const RecordedRun& made_by = run_of_features(features, options.features);
  TrainJobOptions job;
  job.write_reduced = false;
  TrainChainOptions& learn = job.chain;
  learn.train = options.train;
  learn.catalogue = open_catalogue(options.train.catalogue, *options.stores);
  learn.backbone_classes = open_backbone_classes(options.train, *options.stores);
  const ExtractSetup setup = recorded_setup(made_by, options.models, options.features);
  context.timeline.begin("prepare");
  learn.split = recorded_extraction(made_by).split;
  learn.sources = recorded_sources(made_by);
  const std::string group = options.group.value_or(learn.split.group);
  warn_of_weights(made_by, options, context.execution.progress);
  check_studio(options.train.studio, learn.sources);
  check_adaptation(options.train);
  const ParquetFeatures table(*features.store, find_parts(*features.store, features.place));
  TableRows rows = read_rows(features, table, group, options);
  const Moments moments = training_moments(table, rows, context.execution.stop);
  if (options.near_duplicates > 0) {
    join_near_duplicates(rows, table, learn.sources, options.near_duplicates,
                         context.out.scratch_folder(), context.execution);
  }
  join_feature_copies(rows, table, context.execution);
  learn.reduce = options.reduce;
  learn.train.seed = options.seed.value_or(learn.split.seed);
  learn.split_kind = recorded_split_kind(made_by, rows.test_rows());
  const TrainingMetrics metrics = train_job({table, rows, moments}, setup, job, context);
  copy_previews(features, rows, context.out.staged());
  record.options = merged({options_json(options.reduce, metrics.pca.n_components),
                           options_json(options.train),
                           {{"group", key_from_name(group)}, {"seed", learn.train.seed}}});
  if (options.near_duplicates > 0) record.options["near_duplicates"] = options.near_duplicates;
  publish_record(
      record,
      {{"counts", {{"train", rows.count(Split::kTrain)}, {"test", rows.count(Split::kTest)}}}},
      context);
  return summary_of(metrics);
}

}  // namespace

void FromFeaturesOptions::check() const {
  check_given("features", !features.empty(), "results or a folder of features");
  check_given("stores", stores != nullptr, "what opens places");
  output.check();
  reduce.check();
  train.check();
  if (group) parse_pattern("group", *group);
  check_range_or_zero("near_duplicates", near_duplicates, kLeastDuplicateDistance,
                      kMostDuplicateDistance);
}

std::vector<double> run_reduce(const FromFeaturesOptions& options, Progress& progress,
                               const std::stop_token& stop) {
  options.check();
  return run_on_features(
      options, "reduce", {progress, stop, workers_or_all(options.train.workers)},
      [&](const FeaturePlace& features, RunRecord& record, const JobContext& context) {
        return reduce_features(options, features, record, context);
      });
}

MetricsSummary run_train(const FromFeaturesOptions& options, Progress& progress,
                         const std::stop_token& stop) {
  options.check();
  return run_on_features(
      options, "train", {progress, stop, workers_or_all(options.train.workers)},
      [&](const FeaturePlace& features, RunRecord& record, const JobContext& context) {
        return train_on_features(options, features, record, context);
      });
}

}  // namespace pomona
