// SPDX-License-Identifier: Apache-2.0
#include "pomona/jobs/run_on_features.h"

#include "pomona/base/bounds.h"
#include "pomona/base/error.h"
#include "pomona/base/parallel.h"
#include "pomona/dataset/image_input.h"
#include "pomona/evaluation/tsne_plot.h"
#include "pomona/jobs/machine.h"
#include "pomona/jobs/recorded_run.h"
#include "pomona/jobs/run_record.h"
#include "pomona/output/output_folder.h"
#include "pomona/output/publish_results.h"
#include "pomona/output_tables/feature_pictures.h"
#include "pomona/output_tables/feature_place.h"
#include "pomona/output_tables/thumbnails.h"
#include "pomona/predict/bundle_network.h"
#include "pomona/storage/key.h"
#include "pomona/table/parquet_features.h"
#include "pomona/table/parquet_writer.h"
#include "pomona/training/domain_adaptation.h"
#include "pomona/training/near_duplicate_groups.h"
#include "pomona/training/reduced_csv.h"
#include "pomona/training/studio_only.h"

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
void warn_of_weights(const Json& record, const FromFeaturesOptions& options, Progress& progress) {
  const std::string classes = recorded_classes(record);
  if (!options.classes.empty() || classes.empty()) return;
  progress.warn("classes: the features were labelled by '" + classes +
                "'; if it has a column weight or variety, give it again, or all photographs "
                "weigh 1 and no variety is learnt");
}

Json inputs_json(const FromFeaturesOptions& options) {
  Json json = {{"features", key_from_name(options.features)}};
  if (!options.classes.empty()) json["classes"] = key_from_name(options.classes);
  return json;
}

// What the report shows, of the pictures that the run which made the features has kept.
void write_pictures(const FeaturePlace& features, const TableRows& rows, const Json& metrics,
                    std::size_t workers, OutputFolder& out) {
  const auto pictures = pictures_of_features(features, rows, out.scratch_folder());
  if (pictures == nullptr) return;
  write_thumbnails(rows, *pictures, rows_to_show(rows, *pictures, metrics, tsne_rows(rows)),
                   out.staged(), workers);
}

Moments training_moments(const FeatureSource& table, const TableRows& rows,
                         const std::stop_token& stop) {
  std::vector<std::int32_t> classes(rows.rows(), kNotInTraining);
  for (const std::size_t row : rows.side(Split::kTrain)) classes[row] = rows.label_index[row];
  return table_moments(table, classes, rows.train_labels.size(), rows.crops, stop);
}

constexpr double kLeastDistance = 1e-6;
constexpr double kMostDistance = 2;

}  // namespace

void FromFeaturesOptions::check() const {
  check_given("features", !features.empty(), "results or a folder of features");
  check_given("stores", stores != nullptr, "what opens places");
  output.check();
  reduce.check();
  train.check();
  if (group) parse_pattern("group", *group);
  check_range_or_zero("near_duplicates", near_duplicates, kLeastDistance, kMostDistance);
}

Json run_reduce(const FromFeaturesOptions& options, Progress& progress,
                const std::stop_token& stop) {
  options.check();
  Timeline timeline;
  RunRecord record = start_record("reduce", options.output);
  OutputFolder out(options.output.out, *options.stores, {options.features});
  out.begin_anew(options.output.force);
  return at_work(out, [&] {
    const std::size_t workers = workers_or_all(options.train.workers);
    const FeaturePlace features = open_features(options.features, *options.stores);
    timeline.begin("prepare");
    const ParquetFeatures table(*features.store, find_parts(*features.store, features.place));
    const TableRows rows = read_rows(features, table, /*group_pattern=*/"", options);
    const Moments moments = training_moments(table, rows, stop);
    timeline.begin("reduce");
    const Reduction reduction = fit_reduction(moments, options.reduce);
    ReducedTableWriter parquet(out.staged(), "reduced");
    ReducedCsvWriter csv(out.staged(), "reduced.csv", reduction.pca.n_components());
    ReduceSinks sinks;
    sinks.table = &parquet;
    sinks.csv = &csv;
    reduce(table, rows, fold(reduction.scaler, reduction.pca), sinks, {progress, stop, workers});
    timeline.end();
    record.inputs = inputs_json(options);
    record.options = options_json(options.reduce, reduction.pca.n_components());
    Json result = record_json(record, timeline);
    result["workers"] = workers;
    result["counts"] = {{"train", rows.train_rows()}, {"test", rows.test_rows()}};
    result["pca"] = {{"n_components", reduction.pca.n_components()},
                     {"explained_variance_ratio", reduction.pca.explained_variance_ratio}};
    publish_results(result, {}, {}, out, workers, stop);
    return result;
  });
}

Json run_train(const FromFeaturesOptions& options, Progress& progress,
               const std::stop_token& stop) {
  options.check();
  Timeline timeline;
  RunRecord record = start_record("train", options.output);
  OutputFolder out(options.output.out, *options.stores, {options.features});
  out.begin_anew(options.output.force);
  return at_work(out, [&] {
    const FeaturePlace features = open_features(options.features, *options.stores);
    const Json& made_by = record_of_features(features, options.features);
    TrainJobOptions learn;
    learn.train = options.train;
    learn.train.workers = workers_or_all(options.train.workers);
    const Execution execution{progress, stop, learn.train.workers};
    learn.catalogue = open_catalogue(options.train.catalogue, *options.stores);
    learn.backbone_classes = open_backbone_classes(options.train, *options.stores);
    const ExtractSetup setup =
        recorded_setup(made_by, options.models.empty() ? default_models_folder() : options.models,
                       options.features);
    timeline.begin("prepare");
    const SplitOptions made_with = recorded_split_options(made_by);
    const std::string group = options.group.value_or(made_with.group);
    warn_of_weights(made_by, options, progress);
    check_studio(options.train.studio, recorded_sources(made_by));
    check_adaptation(options.train);
    const ParquetFeatures table(*features.store, find_parts(*features.store, features.place));
    TableRows rows = read_rows(features, table, group, options);
    const Moments moments = training_moments(table, rows, stop);
    if (options.near_duplicates > 0) {
      join_near_duplicates(rows, table, recorded_sources(made_by), options.near_duplicates,
                           out.scratch_folder(), execution);
    }
    learn.reduce = options.reduce;
    learn.train.seed = options.seed.value_or(made_with.seed);
    learn.split = made_with;
    learn.split_kind = recorded_split_kind(made_by, rows.test_rows());
    learn.sources = recorded_sources(made_by);
    learn.write_reduced = false;
    const Json metrics = train_job({table, rows, moments}, setup, learn, out, timeline, execution);
    write_pictures(features, rows, metrics, learn.train.workers, out);
    record.inputs = inputs_json(options);
    record.options = merged({options_json(options.reduce, components_of(metrics)),
                             options_json(options.train),
                             {{"group", key_from_name(group)}, {"seed", learn.train.seed}}});
    if (options.near_duplicates > 0) record.options["near_duplicates"] = options.near_duplicates;
    Json result = record_json(record, timeline);
    result["workers"] = learn.train.workers;
    result["counts"] = {{"train", rows.count(Split::kTrain)}, {"test", rows.count(Split::kTest)}};
    publish_results(result, {}, {}, out, learn.train.workers, stop);
    return result;
  });
}

}  // namespace pomona
