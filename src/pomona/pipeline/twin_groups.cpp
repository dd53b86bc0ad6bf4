// SPDX-License-Identifier: Apache-2.0
#include "pomona/pipeline/twin_groups.h"

#include <algorithm>
#include <cstdint>
#include <vector>

#include "pomona/learn/near_twins.h"
#include "pomona/pipeline/read_ahead.h"
#include "pomona/pipeline/row_file.h"
#include "pomona/pipeline/row_selection.h"
#include "pomona/pipeline/scan.h"

namespace pomona {
namespace {

void append_centred(const FeatureBatch& batch, std::span<const double> mean, RowFile& file) {
  Matrix<float> centred(batch.rows(), mean.size());
  for (std::size_t i = 0; i < batch.rows(); ++i) {
    const auto first_view = batch.features.row(i).first(mean.size());
    std::ranges::transform(first_view, mean, centred.row(i).begin(), [](float value, double about) {
      return static_cast<float>(static_cast<double>(value) - about);
    });
  }
  file.append(centred.view());
}

std::vector<std::vector<std::size_t>> rows_of_labels(const TableRows& rows) {
  std::vector<std::vector<std::size_t>> by_label(rows.train_labels.size());
  for (std::size_t i = 0; i < rows.rows(); ++i) {
    if (rows.label_index[i] >= 0) {
      by_label[static_cast<std::size_t>(rows.label_index[i])].push_back(i);
    }
  }
  return by_label;
}

// Gives every row the group of the first row it is linked to, by way of old groups as well.
class Joiner {
 public:
  explicit Joiner(TableRows& rows) : rows_(rows), joined_(rows.groups.key.size()) {
    for (std::size_t i = 0; i < joined_.size(); ++i) joined_[i] = static_cast<std::int32_t>(i);
  }

  void join(std::size_t row, std::size_t other) {
    const std::int32_t a = group_of(row);
    const std::int32_t b = group_of(other);
    joined_[static_cast<std::size_t>(std::max(a, b))] = std::min(a, b);
  }
  void finish() {
    for (std::size_t i = 0; i < rows_.rows(); ++i) rows_.groups.of_row[i] = group_of(i);
    rows_.groups.given = true;
  }

 private:
  std::int32_t group_of(std::size_t row) const {
    std::int32_t group = rows_.groups.of_row[row];
    while (joined_[static_cast<std::size_t>(group)] != group) {
      group = joined_[static_cast<std::size_t>(group)];
    }
    return group;
  }

  TableRows& rows_;
  std::vector<std::int32_t> joined_;
};

}  // namespace

void join_near_twins(TableRows& rows, const ObjectStore& store, const TableParts& parts,
                     std::span<const double> mean, double distance, std::size_t workers,
                     const std::string& scratch_path, const std::stop_token& stop) {
  RowFile features(scratch_path, mean.size());
  FeatureTableReader table(store, parts);
  ReadAhead<FeatureTableReader, FeatureBatch> reader(table);
  FeatureBatch batch;
  while (reader.next(batch)) {
    throw_if_stopped(stop);
    append_centred(batch, mean, features);
  }
  Joiner joiner(rows);
  for (const std::vector<std::size_t>& of_label : rows_of_labels(rows)) {
    throw_if_stopped(stop);
    Matrix<float> of_rows(of_label.size(), mean.size());
    read_rows(features, of_label, of_rows.view());
    const std::vector<std::int32_t> linked = link_near_twins(of_rows.view(), distance, workers);
    for (std::size_t i = 0; i < linked.size(); ++i) {
      joiner.join(of_label[i], of_label[static_cast<std::size_t>(linked[i])]);
    }
  }
  joiner.finish();
}

}  // namespace pomona
