// SPDX-License-Identifier: Apache-2.0
// From a feature table to a trained model, as values: what `run` and `train` make of features,
// without an output folder. Each call is for one thread; it uses as many workers as its Execution
// says.
#pragma once

#include <optional>
#include <string>
#include <vector>

#include "pomona/base/execution.h"
#include "pomona/bundle/bundle.h"
#include "pomona/catalogue/catalogue.h"
#include "pomona/dataset/scan.h"
#include "pomona/dataset/table_rows.h"
#include "pomona/evaluation/timeline.h"
#include "pomona/evaluation/training_metrics.h"
#include "pomona/evaluation/tsne_plot.h"
#include "pomona/extract/previews.h"
#include "pomona/features/extract_setup.h"
#include "pomona/features/feature_source.h"
#include "pomona/features/reduced_sink.h"
#include "pomona/training/output_layer_prior.h"
#include "pomona/training/reduce.h"
#include "pomona/training/train.h"

namespace pomona {

// A feature table and all that is known of its rows: copies are found (dataset/feature_copies.h),
// moments are those of training_moments().
struct FeatureTable {
  const FeatureSource& features;
  const TableRows& rows;
  const Moments& moments;
};

struct TrainChainOptions {
  ReduceOptions reduce;
  TrainOptions train;  // on the workers of the Execution
  SplitOptions split;  // as the rows were divided; its holdout also divides another split
  SplitKind split_kind = SplitKind::kNone;
  std::vector<std::string> sources;    // of training photographs; empty: they have no names
  std::optional<Catalogue> catalogue;  // for the bundle: training_files.h opens it
  std::optional<BackboneClasses> backbone_classes;  // for the Gaussian prior, likewise
  const Previews* previews = nullptr;               // for the pixel baseline; none: no baseline

  // Throws invalid_input that names the field.
  void check() const;
};

struct TrainedChain {
  Bundle bundle;  // with fewer than two labels: scaler and PCA alone
  TrainingMetrics metrics;
  TsnePlot tsne;
  Timeline timeline;  // its last stage is open: that of the bundle, which a caller may write
};

// Fits scaler, PCA and classifier on the training rows, and measures how good they are. Every row,
// reduced, goes to each of `reduced`. `setup`: what made the features, for the bundle.
// `scratch_folder` is for files of rows. Throws invalid_input as TrainChainOptions::check(), for
// features of another width than `setup` gives, and where two training photographs or the
// components asked for are missing; interrupted.
TrainedChain train_chain(const FeatureTable& table, const ExtractSetup& setup,
                         const TrainChainOptions& options, const std::vector<ReducedSink*>& reduced,
                         const std::string& scratch_folder, const Execution& execution);

}  // namespace pomona
