// SPDX-License-Identifier: Apache-2.0
// reduce: features → scaled principal components. One pass gathers moments (in a run that pass is
// part of extraction), one applies.
#pragma once

#include <cstddef>
#include <optional>
#include <span>
#include <stop_token>

#include "pomona/base/progress.h"
#include "pomona/learn/moments.h"
#include "pomona/learn/pca.h"
#include "pomona/learn/pca_fit.h"
#include "pomona/learn/scaler.h"
#include "pomona/pipeline/row_file.h"
#include "pomona/pipeline/table_rows.h"
#include "pomona/storage/object_store.h"
#include "pomona/table/csv_writer.h"
#include "pomona/table/parquet_reader.h"
#include "pomona/table/parquet_writer.h"

namespace pomona {

inline constexpr std::size_t kDefaultComponents = 200;

struct ReduceOptions {
  // None: 200, or as many as the photographs allow.
  std::optional<ComponentChoice> components;
  bool scale = true;
};

struct Reduction {
  Scaler scaler;
  Pca pca;
};

// Throws invalid_input when the components asked for are more than the training rows give.
Reduction fit_reduction(const Moments& moments, const ReduceOptions& options);

// Moments of the rows of a feature table with class_of_row >= kNoClass, of several views the means:
// by blocks of kMomentsBlockRows of the table, the same as extraction gathers.
inline constexpr std::int32_t kNoClass = -1;
inline constexpr std::int32_t kNotInTraining = -2;
Moments table_moments(const ObjectStore& store, const TableParts& parts,
                      std::span<const std::int32_t> class_of_row, std::size_t class_count,
                      std::size_t views, const std::stop_token& stop);

// Where reduced rows go; each may be null.
struct ReduceSinks {
  ReducedTableWriter* table = nullptr;
  ReducedCsvWriter* csv = nullptr;
  RowFile* scores = nullptr;
  RowFile* features = nullptr;     // before they are reduced
  RowFile* view_scores = nullptr;  // every view reduced, rows.views rows a photograph
};

// A row of several views is reduced as their mean.
void reduce(const ObjectStore& store, const TableParts& parts, const TableRows& rows,
            const Projection& projection, const ReduceSinks& sinks, std::size_t workers,
            Progress& progress, const std::stop_token& stop);

}  // namespace pomona
