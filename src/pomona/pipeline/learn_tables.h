// SPDX-License-Identifier: Apache-2.0
// From a feature table to what is learnt of it: reduced table, bundle, metrics. The second half of
// `run`; `pomona reduce` and `pomona train` are parts of it.
#pragma once

#include <memory>
#include <optional>
#include <stop_token>
#include <string>
#include <string_view>
#include <vector>

#include "pomona/base/json.h"
#include "pomona/base/progress.h"
#include "pomona/bundle/bundle.h"
#include "pomona/catalogue/catalogue.h"
#include "pomona/pipeline/backbone_prior.h"
#include "pomona/pipeline/extract.h"
#include "pomona/pipeline/output_folder.h"
#include "pomona/pipeline/reduce.h"
#include "pomona/pipeline/scan.h"
#include "pomona/pipeline/table_rows.h"
#include "pomona/pipeline/timeline.h"
#include "pomona/pipeline/train.h"

namespace pomona {

// A feature table and all that is known of its rows.
struct FeatureTable {
  const ObjectStore& store;
  TableParts parts;
  const TableRows& rows;
  const Moments& moments;
};

struct LearnOptions {
  ReduceOptions reduce;
  TrainOptions train;
  SplitOptions split;  // as the rows were divided; its holdout also divides the second fit
  SplitKind split_kind = SplitKind::kNone;
  std::vector<std::string> sources;    // of training photographs; empty: they have no names
  std::optional<Catalogue> catalogue;  // for the bundle
  std::optional<BackboneClasses> backbone_classes;  // the classifier is drawn towards these
  bool write_reduced = true;                        // the reduced table and CSV
  const SmallPictures* pictures = nullptr;  // for the control on pixels; none: no such control
};

// Which backbone and settings made the features, for the bundle.
struct FeatureOrigin {
  Backbone backbone;
  int size = 0;
  int batch = 0;
  Precision precision = Precision::kF32;
  Fit fit = Fit::kSquash;
  std::vector<View> views = {View()};
};
FeatureOrigin feature_origin(const ExtractSetup& setup);

// The catalogue of TrainOptions, none where none is named. Throws as Catalogue::parse() does.
std::optional<Catalogue> open_catalogue(const std::string& place, const StoreOptions& stores);
// Those of TrainOptions likewise. Throws as BackboneClasses::parse() does, for ridge
// regression, and where no source is of studio pictures alone.
std::optional<BackboneClasses> open_backbone_classes(const TrainOptions& options,
                                                     const StoreOptions& stores);

// Writes reduced/, reduced.csv, bundle/, metrics.json, confusion.csv and map.json to the staged
// folder and returns metrics.json. With fewer than two labels there is no classifier: the bundle
// holds scaler and PCA alone.
Json learn_tables(const FeatureTable& table, const FeatureOrigin& origin,
                  const LearnOptions& options, OutputFolder& out, Timeline& timeline,
                  Progress& progress, const std::stop_token& stop);

}  // namespace pomona
