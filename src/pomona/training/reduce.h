// SPDX-License-Identifier: Apache-2.0
// reduce: features → scaled principal components. One pass gathers moments (in a run that pass is
// part of extraction), one applies. Each call is for one thread; sinks are called by that thread.
#pragma once

#include <cstddef>
#include <optional>
#include <span>
#include <stop_token>
#include <vector>

#include "pomona/base/execution.h"
#include "pomona/base/row_file.h"
#include "pomona/dataset/table_rows.h"
#include "pomona/features/feature_source.h"
#include "pomona/features/reduced_sink.h"
#include "pomona/learn/moments.h"
#include "pomona/learn/pca.h"
#include "pomona/learn/pca_fit.h"
#include "pomona/learn/scaler.h"

namespace pomona {

inline constexpr std::size_t kDefaultComponents = 200;

struct ReduceOptions {
  // None: 200, or as many as the photographs allow.
  std::optional<ComponentChoice> components;
  bool scale = true;

  // Throws invalid_input that names the field.
  void check() const;
};

struct Reduction {
  Scaler scaler;
  Pca pca;
};

// Throws invalid_input when the components asked for are more than the training rows give.
Reduction fit_reduction(const Moments& moments, const ReduceOptions& options);

// Moments of the rows of a feature table with class_of_row >= kNoClass, of several crops the means:
// by blocks of kMomentsBlockRows of the table, the same as extraction gathers.
inline constexpr std::int32_t kNoClass = -1;
inline constexpr std::int32_t kNotInTraining = -2;
Moments table_moments(const FeatureSource& features, std::span<const std::int32_t> class_of_row,
                      std::size_t class_count, std::size_t crops, const std::stop_token& stop);

// Those of the training side, classes numbered as rows.train_labels.
Moments training_moments(const FeatureSource& features, const TableRows& rows,
                         const std::stop_token& stop);

// Where reduced rows go; each of the files may be null.
struct ReduceSinks {
  std::vector<ReducedSink*> tables = {};
  RowFile* components = nullptr;
  RowFile* features = nullptr;         // before they are reduced
  RowFile* crop_components = nullptr;  // every crop reduced, rows.crops rows a photograph
};

// A row of several crops is reduced as their mean.
void reduce(const FeatureSource& features, const TableRows& rows, const Projection& projection,
            const ReduceSinks& sinks, const Execution& execution);

}  // namespace pomona
