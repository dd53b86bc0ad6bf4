// SPDX-License-Identifier: Apache-2.0
// The columns of each table, once for the writer and the reader. Inside table/ only.
#pragma once

#include <concepts>
#include <cstddef>
#include <string_view>
#include <type_traits>
#include <vector>

#include "pomona/features/feature_sink.h"
#include "pomona/table/schema.h"

namespace pomona {

enum class ColumnType { kText, kBytes, kInt64, kOptionalInt32, kFloats };

struct TableColumn {
  std::string_view name;
  ColumnType type = ColumnType::kText;
  bool few_values = false;  // worth a dictionary
};

inline constexpr TableColumn kPath{"path"};
inline constexpr TableColumn kLabel{"label", ColumnType::kText, /*few_values=*/true};
inline constexpr TableColumn kSplit{"split", ColumnType::kText, /*few_values=*/true};
inline constexpr TableColumn kBytes{"bytes", ColumnType::kInt64};
inline constexpr TableColumn kStatus{"status", ColumnType::kText, /*few_values=*/true};
inline constexpr TableColumn kFeatures{"features", ColumnType::kFloats};
inline constexpr TableColumn kLabelIndex{"label_index", ColumnType::kOptionalInt32,
                                         /*few_values=*/true};
inline constexpr TableColumn kPcaFeatures{"pca_features", ColumnType::kFloats};
inline constexpr TableColumn kPixels{"pixels", ColumnType::kBytes};
inline constexpr TableColumn kJpeg{"jpeg", ColumnType::kBytes};

template <class Batch, class Of>
concept BatchOf = std::same_as<std::remove_const_t<Batch>, Of>;

// Calls visit(column, member) for every column of the table, in its order.
template <class Batch, class Visit>
void visit_columns(Batch& batch, const Visit& visit) {
  visit(kPath, batch.path);
  visit(kLabel, batch.label);
  visit(kSplit, batch.split);
  if constexpr (BatchOf<Batch, FeatureBatch>) {
    visit(kFeatures, batch.features);
  } else if constexpr (BatchOf<Batch, ManifestBatch>) {
    visit(kBytes, batch.bytes);
    visit(kStatus, batch.status);
  } else if constexpr (BatchOf<Batch, ReducedBatch>) {
    visit(kLabelIndex, batch.label_index);
    visit(kPcaFeatures, batch.pca_features);
  } else {
    static_assert(BatchOf<Batch, ThumbnailBatch>);
    visit(kPixels, batch.pixels);
    visit(kJpeg, batch.jpeg);
  }
}

template <class Batch>
std::vector<TableColumn> columns_of() {
  std::vector<TableColumn> columns;
  const Batch batch;
  visit_columns(batch, [&](const TableColumn& column, const auto&) { columns.push_back(column); });
  return columns;
}

}  // namespace pomona
