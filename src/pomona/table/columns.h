// SPDX-License-Identifier: Apache-2.0
// The columns of each table, once for the writer and the reader. Inside table/ only. Any thread.
#pragma once

#include <array>
#include <concepts>
#include <cstddef>
#include <string_view>
#include <tuple>
#include <type_traits>
#include <utility>

#include "pomona/features/feature_sink.h"
#include "pomona/table/schema.h"

namespace pomona {

enum class ColumnType { kText, kBytes, kInt64, kDouble, kOptionalInt32, kFloats };

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
inline constexpr TableColumn kSha256{"sha256"};
inline constexpr TableColumn kDamage{"damage", ColumnType::kDouble, /*few_values=*/true};
inline constexpr TableColumn kVersion{"version"};
inline constexpr TableColumn kProblemKind{"problem_kind", ColumnType::kText, /*few_values=*/true};
inline constexpr TableColumn kProblem{"problem"};
inline constexpr TableColumn kFeatures{"features", ColumnType::kFloats};
inline constexpr TableColumn kLabelIndex{"label_index", ColumnType::kOptionalInt32,
                                         /*few_values=*/true};
inline constexpr TableColumn kPcaFeatures{"pca_features", ColumnType::kFloats};
inline constexpr TableColumn kJpeg{"jpeg", ColumnType::kBytes};

// The columns of the table, in their order.
template <class Batch>
constexpr auto columns_of() {
  if constexpr (std::same_as<Batch, FeatureBatch>) {
    return std::array{kPath, kLabel, kSplit, kFeatures};
  } else if constexpr (std::same_as<Batch, ManifestBatch>) {
    return std::array{kPath, kLabel, kSplit, kBytes, kStatus, kSha256, kDamage};
  } else if constexpr (std::same_as<Batch, SnapshotBatch>) {
    return std::array{kPath, kLabel, kSplit, kBytes, kVersion, kStatus, kProblemKind, kProblem};
  } else if constexpr (std::same_as<Batch, ReducedBatch>) {
    return std::array{kPath, kLabel, kSplit, kLabelIndex, kPcaFeatures};
  } else {
    static_assert(std::same_as<Batch, PreviewBatch>);
    return std::array{kPath, kLabel, kSplit, kJpeg};
  }
}

// References to the members of a batch that hold these columns.
template <class Batch>
auto members_of(Batch& batch) {
  using Table = std::remove_const_t<Batch>;
  if constexpr (std::same_as<Table, FeatureBatch>) {
    return std::tie(batch.path, batch.label, batch.split, batch.features);
  } else if constexpr (std::same_as<Table, ManifestBatch>) {
    return std::tie(batch.path, batch.label, batch.split, batch.bytes, batch.status, batch.sha256,
                    batch.damage);
  } else if constexpr (std::same_as<Table, SnapshotBatch>) {
    return std::tie(batch.path, batch.label, batch.split, batch.bytes, batch.version, batch.status,
                    batch.problem_kind, batch.problem);
  } else if constexpr (std::same_as<Table, ReducedBatch>) {
    return std::tie(batch.path, batch.label, batch.split, batch.label_index, batch.pca_features);
  } else {
    return std::tie(batch.path, batch.label, batch.split, batch.jpeg);
  }
}

// Calls visit(column, member…) for every column of batches of one table.
template <class Visit, class Batch, class... Others>
void visit_columns(const Visit& visit, Batch& batch, Others&... others) {
  constexpr auto kColumns = columns_of<std::remove_const_t<Batch>>();
  const auto visit_one = [&]<std::size_t I>(std::integral_constant<std::size_t, I>) {
    visit(kColumns[I], std::get<I>(members_of(batch)), std::get<I>(members_of(others))...);
  };
  [&]<std::size_t... I>(std::index_sequence<I...>) {
    (visit_one(std::integral_constant<std::size_t, I>()), ...);
  }
  (std::make_index_sequence<kColumns.size()>());
}

}  // namespace pomona
