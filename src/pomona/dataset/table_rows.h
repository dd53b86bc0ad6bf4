// SPDX-License-Identifier: Apache-2.0
// The rows of a feature table without their features: which label, which side, which group. Rows
// have the order of the table, test rows first. Any thread; immutable once made, and then read by
// any.
#pragma once

#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "pomona/base/scratch_memory.h"
#include "pomona/dataset/holdout.h"
#include "pomona/dataset/labeller.h"
#include "pomona/dataset/manifest.h"
#include "pomona/features/feature_source.h"

namespace pomona {

struct TableRows {
  Manifest manifest;                       // of rows that are in the table alone
  Groups groups;                           // by row of it
  std::vector<std::string> train_labels;   // in byte order, "" not among them
  std::vector<std::size_t> train_classes;  // their positions among the labels of the manifest
  // Of each row the first row with the same features, as join_copies() takes them; empty: nobody
  // has looked.
  ScratchVector<std::size_t> first_copy;
  // Into train_labels, one a row; -1 where training has no such label.
  ScratchVector<std::int32_t> label_index;
  // How much each row weighs when a classifier learns; empty: all the same.
  ScratchVector<float> weights;
  double weight(std::size_t row) const {
    return weights.empty() ? 1 : static_cast<double>(weights[row]);
  }

  // What the class map calls varieties, in byte order, and one of them a row; -1: of none that is
  // known. Both empty: it names none.
  std::vector<std::string> varieties;
  ScratchVector<std::int32_t> variety_index;

  // Of how many crops a row of the table holds the features, one after the other.
  std::size_t crops = 1;

  std::size_t rows() const { return label_index.size(); }
  std::size_t test_rows() const { return test_row_count; }
  std::size_t train_rows() const { return rows() - test_row_count; }
  // Without those of dropped classes.
  std::vector<std::size_t> side(Split split) const;
  std::size_t count(Split split) const { return side(split).size(); }
  // The row with this key. Throws internal when there is none.
  std::size_t find(Split split, std::string_view path) const;

  std::size_t test_row_count = 0;
};

// Every row a group, but copies together.
Groups single_rows(const TableRows& rows);

// Position of a label among labels in byte order, or -1.
std::int32_t label_number(const std::vector<std::string>& labels, std::string_view label);

// What is left of a manifest after extraction: its rows that are ok. The labels are those of `rule`
// already.
TableRows rows_of_manifest(Manifest manifest, const std::string& group_pattern,
                           const LabelRule& rule = {});

// From path, label and split of a feature table. Rows must be in the order of tables; throws
// corrupt. With the classes of `rule` labels are made anew of the paths: a dropped class leaves its
// rows there, skipped and without a label.
TableRows rows_of_table(const FeatureSource& features, const std::string& group_pattern,
                        const LabelRule& rule = {});

}  // namespace pomona
