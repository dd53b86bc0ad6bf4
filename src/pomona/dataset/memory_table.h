// SPDX-License-Identifier: Apache-2.0
// A feature table of rows that a caller has in memory, such as an array of NumPy: gets the order of
// tables, labels, groups and a split, without a file. One thread makes it; afterwards any number
// may read.
#pragma once

#include <cstddef>
#include <cstdint>
#include <memory>
#include <string>
#include <vector>

#include "pomona/base/execution.h"
#include "pomona/base/matrix.h"
#include "pomona/dataset/scan.h"
#include "pomona/dataset/table_rows.h"
#include "pomona/features/feature_source.h"

namespace pomona {

// Element i of each list belongs to row i of `features`. Rows may have any order.
struct MemoryRows {
  MatrixView<const float> features = {};  // rows × (crops × features a crop), every one finite
  std::vector<std::string> labels = {};   // empty: no row has a label
  // Different ones on each side; empty: made up in the order of the rows, "0000000001", ….
  std::vector<std::string> paths = {};
  std::vector<Split> sides = {};         // empty: the holdout divides the rows
  std::vector<std::string> groups = {};  // names of groups; empty: as SplitOptions::group
  std::size_t crops = 1;                 // as TableRows::crops

  // Throws invalid_input that names the field: lists of other lengths than the features have rows,
  // no row at all, empty texts or such that are not UTF-8, a path twice on one side, a feature that
  // is not finite, a width that is no multiple of `crops`.
  void check() const;
};

// Reads the caller's features where they lie, so these outlive it.
class MemoryTable final : public FeatureSource {
 public:
  // Of `split`, the holdout divides rows without sides, group and seed as in scan(): groups and
  // rows of the same features stay together, and fewer than two labels are not divided. Throws
  // invalid_input as MemoryRows::check(), and for patterns of file names, a group by both names
  // and pattern, or a pattern without paths; interrupted.
  MemoryTable(MemoryRows given, const SplitOptions& split, const Execution& execution);

  // Its rows in the order of tables, copies found (feature_copies.h).
  const TableRows& table_rows() const { return rows_; }
  SplitKind split_kind() const { return split_kind_; }
  // Of each row of the table, which of the given rows it is.
  const std::vector<std::size_t>& order() const { return order_; }

  std::string describe() const override { return "in memory"; }
  std::uint64_t rows() const override { return order_.size(); }
  std::unique_ptr<FeatureReader> read() const override;
  std::unique_ptr<FeatureReader> read_keys() const override;

 private:
  void arrange(const SplitOptions& split);
  void hold_out(const SplitOptions& split, const Execution& execution);

  MemoryRows given_;
  std::vector<std::size_t> order_;
  TableRows rows_;
  SplitKind split_kind_ = SplitKind::kNone;
};

}  // namespace pomona
