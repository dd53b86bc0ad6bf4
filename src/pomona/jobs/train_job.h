// SPDX-License-Identifier: Apache-2.0
// From a feature table to a trained model: reduced table, bundle, metrics. The second half of
// `run`; `pomona reduce` and `pomona train` are parts of it. Each call is for the thread that runs
// the verb.
#pragma once

#include <memory>
#include <optional>
#include <stop_token>
#include <string>
#include <string_view>
#include <vector>

#include "pomona/bundle/bundle.h"
#include "pomona/catalogue/catalogue.h"
#include "pomona/dataset/scan.h"
#include "pomona/dataset/table_rows.h"
#include "pomona/evaluation/training_metrics.h"
#include "pomona/extract/extract.h"
#include "pomona/jobs/job_context.h"
#include "pomona/training/output_layer_prior.h"
#include "pomona/training/reduce.h"
#include "pomona/training/train.h"

namespace pomona {

// A feature table and all that is known of its rows.
struct FeatureTable {
  const FeatureSource& features;
  const TableRows& rows;
  const Moments& moments;
};

struct TrainJobOptions {
  ReduceOptions reduce;
  TrainOptions train;
  SplitOptions split;  // as the rows were divided; its holdout also divides another split
  SplitKind split_kind = SplitKind::kNone;
  std::vector<std::string> sources;    // of training photographs; empty: they have no names
  std::optional<Catalogue> catalogue;  // for the bundle
  std::optional<BackboneClasses> backbone_classes;  // for the Gaussian prior
  bool write_reduced = true;                        // the reduced table and CSV
  const Previews* previews = nullptr;               // for the pixel baseline; none: no baseline
};

// The catalogue of TrainOptions, none where none is named. Throws as Catalogue::parse() does.
std::optional<Catalogue> open_catalogue(const std::string& place, const StoreOpener& stores);
// Those of TrainOptions likewise. Throws as BackboneClasses::parse() does, for ridge
// regression, and where no source is of studio pictures alone.
std::optional<BackboneClasses> open_backbone_classes(const TrainOptions& options,
                                                     const StoreOpener& stores);

// Writes reduced/, reduced.csv, bundle/, metrics.json, confusion.csv and tsne.json to the staged
// folder and returns what metrics.json records. With fewer than two labels there is no classifier:
// the bundle holds scaler and PCA alone. `setup`: what made the features, for the bundle.
TrainingMetrics train_job(const FeatureTable& table, const ExtractSetup& setup,
                          const TrainJobOptions& options, const JobContext& context);

}  // namespace pomona
