// SPDX-License-Identifier: Apache-2.0
#include "pomona/evaluation/train_chain.h"

#include <algorithm>
#include <cstdint>
#include <memory>
#include <span>
#include <string_view>
#include <utility>

#include "pomona/base/error.h"
#include "pomona/base/stop.h"
#include "pomona/evaluation/cross_validation.h"
#include "pomona/evaluation/evaluate.h"
#include "pomona/evaluation/headline_metric.h"
#include "pomona/evaluation/pixel_baseline.h"
#include "pomona/evaluation/split_leaks.h"
#include "pomona/evaluation/variety_threshold.h"
#include "pomona/training/domain_adaptation.h"
#include "pomona/training/make_bundle.h"
#include "pomona/training/rejector_fit.h"
#include "pomona/training/studio_only.h"
#include "pomona/training/variety_fit.h"

namespace pomona {
namespace {

constexpr std::size_t kNamedLabels = 5;

// The stages of a training run, which share the table and the options.
class TrainingRun {
 public:
  TrainingRun(const FeatureTable& table, const TrainChainOptions& options,
              const std::string& scratch_folder, const Execution& execution)
      : table_(table),
        options_(options),
        train_(options.train),
        scratch_folder_(scratch_folder),
        execution_(execution),
        progress_(execution.progress),
        stop_(execution.stop) {
    train_.workers = execution.workers;
  }

  TrainedChain run(const ExtractSetup& setup, const std::vector<ReducedSink*>& reduced) {
    if (options_.backbone_classes) {
      output_layer_.emplace(setup.backbone, *options_.backbone_classes, table_.rows.train_labels);
    }
    metrics_.copies = copy_metrics(table_.rows);
    if (metrics_.copies.photographs > 0) {
      progress_.note(std::to_string(metrics_.copies.photographs) +
                     " photographs have copies with exactly the same features; a holdout and "
                     "folds keep them on one side");
    }
    for (std::string& sentence : copy_warnings(metrics_.copies, table_.rows.count(Split::kTest))) {
      warn(std::move(sentence));
    }
    cross_validate_training();
    reduce_table(reduced);
    TrainedClassifier trained = train_classifier();
    describe(trained);
    warn_of_early_end(trained);
    evaluate_classifier(trained);
    add_cross_validation();
    add_baselines();
    metrics_.headline = headline_metric(metrics_.results.metrics, metrics_.results.classes);
    TrainedParts parts;
    parts.varieties = learn_varieties();
    parts.reject_option = fit_rejector(setup.backbone);
    if (trained.kind != ClassifierKind::kNone) parts.studio_only = studio_only();
    parts.reduction = std::move(reduction_);
    parts.trained = std::move(trained);
    begin("tsne");
    progress_.begin("tsne", 0);
    TsnePlot tsne = make_tsne_plot(*components_, table_.rows, execution_);
    begin("bundle");
    progress_.begin("bundle", 0);
    Bundle bundle = make_bundle(setup, std::move(parts), table_.rows, options_.catalogue,
                                print_json(bundle_metrics_json(metrics_)));
    warn_of_unknown_kinds();
    return {std::move(bundle), std::move(metrics_), std::move(tsne), std::move(timeline_)};
  }

 private:
  void begin(std::string_view stage) {
    throw_if_stopped(stop_);
    timeline_.begin(stage);
  }
  // About the photographs and the fits: on the terminal now, and in metrics.json and on the page
  // for who looks later. What is about options alone is for the terminal.
  void warn(std::string sentence) {
    progress_.warn(sentence);
    metrics_.warnings.push_back(std::move(sentence));
  }
  std::size_t workers() const { return execution_.workers; }
  bool on_features() const { return train_.classifier == ClassifierKind::kRidge; }
  const RowFile& inputs() const { return on_features() ? *features_ : *components_; }
  TrainingTable training_table() const {
    return {inputs(), learnt_from_ ? *learnt_from_ : inputs(), table_.rows, table_.moments,
            prior_.view()};
  }

  void reduce_table(const std::vector<ReducedSink*>& reduced) {
    begin("reduce");
    reduction_ = fit_reduction(table_.moments, options_.reduce);
    if (output_layer_) set_prior(*output_layer_);
    components_ = std::make_unique<RowFile>(scratch_folder_, reduction_.pca.n_components());
    if (on_features()) {
      features_ = std::make_unique<RowFile>(scratch_folder_, table_.moments.dims());
    }
    if (table_.rows.crops > 1 && !on_features()) {
      learnt_from_ = std::make_unique<RowFile>(scratch_folder_, reduction_.pca.n_components());
    }
    const ReduceSinks sinks{reduced, components_.get(), features_.get(), learnt_from_.get()};
    reduce(table_.features, table_.rows, fold(reduction_.scaler, reduction_.pca), sinks,
           execution_);
    if (!train_.adapt.empty()) adapt_sources();
  }

  std::vector<std::string> studio_only() const {
    return studio_only_labels(table_.rows, table_.rows.side(Split::kTrain), train_.studio);
  }

  void set_prior(const OutputLayerPrior& prior) {
    const std::vector<std::string> unseen = studio_only();
    prior_ = prior.weights(reduction_, unseen);
    if (std::ranges::any_of(unseen, [&](const auto& label) { return prior.knows(label); })) {
      return;
    }
    progress_.warn(
        "backbone_classes, studio: no label of the classes is learnt from studio sources alone, so "
        "the prior stays centred on 0");
  }

  // Training rows alone: what is evaluated and what is written stays as it is.
  void adapt_sources() {
    const DomainAdaptation adaptation(*components_, table_.rows, table_.rows.side(Split::kTrain),
                                      train_);
    for (const std::string& source : train_.adapt) {
      if (adaptation.adapts(source)) continue;
      progress_.warn(
          "adapt: the source '" + source +
          "' has no label in common with the in-the-wild domain (sources that studio does not "
          "name), so training uses it without domain adaptation");
    }
    learnt_from_ = adaptation.adapted(training_table().learnt_from, scratch_folder_);
  }

  TrainedClassifier train_classifier() {
    begin("train");
    if (table_.rows.train_labels.size() < 2) {
      warn(
          "fewer than two labels among the training photographs, so no classifier is trained; one "
          "needs photographs of two labels or more");
      return {};
    }
    const TrainingTable table = training_table();
    const std::vector<std::size_t> side = table_.rows.side(Split::kTrain);
    if (!validation_) return train(table, side, train_, progress_, stop_);
    TrainedClassifier trained = train_uncalibrated(table, side, train_, stop_);
    trained.classifier.temperature = validation_->temperature;
    return trained;
  }

  // Those that the bundle reports.
  std::vector<VarietyClassifier> learn_varieties() {
    const TableRows& rows = table_.rows;
    if (rows.varieties.empty() || rows.train_labels.size() < 2) return {};
    if (on_features()) {
      progress_.warn(
          "classes, classifier: the class map names varieties, but ridge regression reports none; "
          "train a logistic classifier for that");
      return {};
    }
    begin("varieties");
    progress_.begin("varieties", 0);
    std::vector<VarietyClassifier> varieties =
        fit_varieties(training_table(), rows.side(Split::kTrain), train_, stop_);
    if (!validation_) return varieties;
    for (const std::string& label : set_report_thresholds(*validation_, rows, varieties)) {
      progress_.note("varieties of '" + label +
                     "' are not reported: no threshold from 0.5 up gets nine tenths of at least 8 "
                     "out-of-fold answers right");
    }
    return varieties;
  }

  RejectOption fit_rejector(const Backbone& backbone) {
    if (train_.reject_rate == 0 || table_.rows.train_labels.size() < 2) return {};
    begin("reject_option");
    progress_.begin("reject_option", 0);
    if (backbone.spec.logit_count == 0) {
      progress_.warn(
          "reject_rate: the backbone was imported without logits, so the bundle cannot use its own "
          "classes to reject what shows something else; it rejects by distance alone");
    }
    RejectOption reject_option =
        fit_reject_option(table_.features, table_.rows, backbone, train_, scratch_folder_, stop_);
    if (reject_option.most_distance == kFarthestNovelty) {
      warn(
          "every label has one group of training photographs, so there is no distance to set "
          "a threshold by: none is rejected as an unknown kind");
    }
    return reject_option;
  }

  void describe(const TrainedClassifier& trained) {
    const Pca& pca = reduction_.pca;
    metrics_.labels = table_.rows.train_labels;
    metrics_.train_rows = table_.rows.count(Split::kTrain);
    metrics_.test_rows = table_.rows.count(Split::kTest);
    metrics_.split = {options_.split_kind, options_.split.holdout, main_split_is_grouped(),
                      options_.split.seed};
    metrics_.pca = {pca.n_components(), pca.explained_variance_ratio, pca.spectrum_ratio,
                    options_.reduce.scale};
    metrics_.classifier = {trained.kind, trained.classifier.temperature, trained.iterations,
                           trained.converged, trained.objective};
  }

  void warn_of_early_end(const TrainedClassifier& trained) {
    if (trained.kind == ClassifierKind::kNone || trained.converged) return;
    warn("c: logistic regression did not converge in " + std::to_string(trained.iterations) +
         " iterations, so the classifier is not the best for its penalty; a smaller c converges "
         "sooner");
  }

  bool main_split_is_grouped() const {
    return table_.rows.groups.given && table_.rows.test_rows() > 0 &&
           keeps_groups_whole(table_.rows.manifest, table_.rows.groups);
  }
  bool has_test() const {
    const auto test = std::span(table_.rows.label_index).first(table_.rows.test_rows());
    return table_.rows.train_labels.size() >= 2 &&
           std::ranges::any_of(test, [](std::int32_t label) { return label >= 0; });
  }

  void evaluate_classifier(const TrainedClassifier& trained) {
    if (!has_test()) {
      if (table_.rows.test_rows() > 0 && table_.rows.train_labels.size() >= 2) {
        warn(
            "no test photograph has a label that training knows, so there are no metrics; name the "
            "folders of both sides alike");
      }
      return;
    }
    begin("evaluate");
    progress_.begin("evaluate", 0);
    metrics_.near_duplicates =
        near_duplicate_metrics(table_.rows, *components_, options_.sources, execution_);
    const Evaluation tested = evaluate(trained.classifier, inputs(), table_.rows,
                                       table_.rows.side(Split::kTest), train_.seed, workers());
    add_metrics(main_protocol(options_.split_kind, main_split_is_grouped(),
                              table_.rows.count(Split::kTrain)),
                tested, table_.rows, metrics_.results);
    add_details(tested, table_.rows, metrics_.results);
  }

  ChainSetup chain_setup() const {
    return {table_.features, table_.rows,     options_.reduce,
            train_,          scratch_folder_, output_layer_ ? &*output_layer_ : nullptr};
  }

  void cross_validate_training() {
    if (train_.folds == 0 || table_.rows.train_labels.size() < 2) return;
    begin("cross-validate");
    progress_.begin("cross-validate", 0);
    validation_ = cross_validate(chain_setup(), progress_, stop_);
    if (validation_ && validation_->not_converged > 0) {
      warn("c, folds: logistic regression did not converge in " +
           std::to_string(validation_->not_converged) + " of " +
           std::to_string(validation_->folds) +
           " folds, so the cross-validated metrics may be off; a smaller c converges sooner");
    }
    if (validation_) return;
    warn(
        "every label has one group of training photographs, so none could be judged by a fit on "
        "the others: there are no cross-validated metrics");
  }

  void add_cross_validation() {
    if (!validation_) return;
    const Evaluation& evaluation = validation_->evaluation;
    add_metrics(cross_validated_protocol(*validation_, table_.rows.groups.given), evaluation,
                table_.rows, metrics_.results);
    for (const auto& [source, of_source] :
         evaluations_by_source(evaluation, table_.rows, options_.sources, train_.seed)) {
      add_metrics(source_protocol(source), of_source, table_.rows, metrics_.results);
    }
    if (has_test()) return;
    add_details(evaluation, table_.rows, metrics_.results);
  }

  void add_baselines() {
    if (!has_test()) return;
    begin("baselines");
    progress_.begin("baselines", 0);
    if (table_.rows.groups.given) add_another_split();
    if (options_.previews == nullptr) return;
    if (const auto pixels = pixel_baseline(*options_.previews, table_.rows, workers())) {
      metrics_.results.metrics.push_back(pixel_metrics(*pixels));
    }
  }

  void add_another_split() {
    const bool by_group = !main_split_is_grouped();
    Groups singles;
    if (!by_group) singles = single_rows(table_.rows);
    const double share =
        options_.split.holdout > 0 ? options_.split.holdout : SplitOptions().holdout;
    const auto second = validate_another_split(
        chain_setup(), by_group ? table_.rows.groups : singles, share, progress_, stop_);
    if (!second) {
      warn("the groups leave no label with two of them: there are no metrics by group");
      return;
    }
    add_metrics(another_split_protocol(by_group, second->train_rows), second->evaluation,
                table_.rows, metrics_.results);
  }

  void warn_of_unknown_kinds() {
    if (!options_.catalogue) return;
    std::string names;
    std::size_t unknown = 0;
    for (const std::string& label : table_.rows.train_labels) {
      if (options_.catalogue->find(label) != nullptr) continue;
      if (++unknown <= kNamedLabels) names += (names.empty() ? "'" : ", '") + label + "'";
    }
    if (unknown == 0) return;
    progress_.warn("catalogue, classes: the catalogue has no entry for " + std::to_string(unknown) +
                   " of " + std::to_string(table_.rows.train_labels.size()) + " labels, such as " +
                   names + "; its kinds are known by their id, to which a class map leads");
  }

  const FeatureTable& table_;
  const TrainChainOptions& options_;
  TrainOptions train_;
  const std::string& scratch_folder_;
  const Execution& execution_;
  Progress& progress_;
  const std::stop_token& stop_;
  std::optional<OutputLayerPrior> output_layer_;
  Matrix<double> prior_;  // empty: none
  std::optional<CrossValidation> validation_;
  Reduction reduction_;
  std::unique_ptr<RowFile> components_;
  std::unique_ptr<RowFile> features_;
  std::unique_ptr<RowFile> learnt_from_;  // none: the inputs
  TrainingMetrics metrics_;
  Timeline timeline_;
};

// Features of another network may well be equally wide, but what differs in width is another's.
void check_width(const FeatureTable& table, const ExtractSetup& setup) {
  const std::size_t found = table.rows.crops * table.moments.dims();
  if (found == setup.row_width() && table.rows.crops == setup.crops.size()) return;
  throw Error(ErrorKind::kInvalidInput,
              "training on the feature table " + table.features.describe() + ": expected rows of " +
                  std::to_string(setup.row_width()) + " features, as the backbone '" +
                  setup.backbone.spec.name +
                  "' gives them (crops: " + std::to_string(setup.crops.size()) + "), found " +
                  std::to_string(found) + " (crops: " + std::to_string(table.rows.crops) +
                  "); name the backbone and the crops that made the features");
}

}  // namespace

void TrainChainOptions::check() const {
  reduce.check();
  train.check();
  split.check();
  check_studio(train.studio, sources);
  check_adaptation(train);
  if (backbone_classes) check_prior(train);
}

TrainedChain train_chain(const FeatureTable& table, const ExtractSetup& setup,
                         const TrainChainOptions& options, const std::vector<ReducedSink*>& reduced,
                         const std::string& scratch_folder, const Execution& execution) {
  options.check();
  check_width(table, setup);
  return TrainingRun(table, options, scratch_folder, execution).run(setup, reduced);
}

}  // namespace pomona
