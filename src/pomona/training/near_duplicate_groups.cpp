// SPDX-License-Identifier: Apache-2.0
#include "pomona/training/near_duplicate_groups.h"

#include <algorithm>
#include <cstdint>
#include <map>
#include <memory>
#include <optional>
#include <span>
#include <string_view>
#include <utility>

#include "pomona/base/row_file.h"
#include "pomona/dataset/row_selection.h"
#include "pomona/dataset/scan.h"
#include "pomona/dataset/source_of.h"
#include "pomona/features/read_ahead.h"
#include "pomona/neighbours/linked_rows.h"
#include "pomona/neighbours/near_duplicates.h"

namespace pomona {
namespace {

constexpr std::size_t kBlockRows = 512;

void append_first_crops(const FeatureBatch& batch, std::size_t crops, RowFile& file) {
  Matrix<float> first(batch.rows(), file.cols());
  for (std::size_t i = 0; i < batch.rows(); ++i) {
    std::ranges::copy(batch.features.row(i).first(batch.features.cols() / crops),
                      first.row(i).begin());
  }
  file.append(first.view());
}

std::vector<std::vector<std::size_t>> rows_of_labels(const TableRows& rows,
                                                     const std::vector<std::size_t>& chosen) {
  std::vector<std::vector<std::size_t>> by_label(rows.train_labels.size());
  for (const std::size_t row : chosen) {
    if (rows.label_index[row] >= 0) {
      by_label[static_cast<std::size_t>(rows.label_index[row])].push_back(row);
    }
  }
  return by_label;
}

std::vector<std::vector<std::size_t>> rows_of_sources(const TableRows& rows,
                                                      const std::vector<std::string>& sources) {
  std::map<std::string_view, std::vector<std::size_t>> by_source;
  for (std::size_t i = 0; i < rows.rows(); ++i) {
    const std::string_view first = source_of(rows.manifest.rows[i].path);
    // Photographs of a test set may have no source.
    const bool is_source = std::ranges::find(sources, first) != sources.end();
    by_source[is_source ? first : ""].push_back(i);
  }
  std::vector<std::vector<std::size_t>> result;
  for (auto& [source, of_source] : by_source) result.push_back(std::move(of_source));
  return result;
}

std::vector<double> mean_of(const RowFile& features, const std::vector<std::size_t>& chosen) {
  std::vector<double> mean(features.cols());
  Matrix<float> values(kBlockRows, features.cols());
  for (std::size_t at = 0; at < chosen.size(); at += kBlockRows) {
    const auto picked = std::span(chosen).subspan(at, std::min(kBlockRows, chosen.size() - at));
    const MatrixView<float> block = values.view().rows_from(0, picked.size());
    read_rows(features, picked, block);
    for (std::size_t i = 0; i < picked.size(); ++i) {
      for (std::size_t j = 0; j < mean.size(); ++j) {
        mean[j] += static_cast<double>(block(i, j)) / static_cast<double>(chosen.size());
      }
    }
  }
  return mean;
}

Matrix<float> picked_features(const RowFile& file, const std::vector<std::size_t>& rows) {
  Matrix<float> features(rows.size(), file.cols());
  read_rows(file, rows, features.view());
  return features;
}

// Gives every row the group of the first row it is linked to, by way of old groups as well.
class Joiner {
 public:
  explicit Joiner(TableRows& rows) : rows_(rows), joined_(rows.groups.key.size()) {}

  void join(std::size_t row, std::size_t other) { joined_.link(group_of(row), group_of(other)); }
  // Row i with the row that linked[i] says, both numbers of `rows`.
  void join_all(const std::vector<std::size_t>& rows, const std::vector<std::int32_t>& linked) {
    for (std::size_t i = 0; i < linked.size(); ++i) {
      join(rows[i], rows[static_cast<std::size_t>(linked[i])]);
    }
  }
  void finish() {
    for (std::size_t i = 0; i < rows_.rows(); ++i) {
      rows_.groups.of_row[i] = joined_.first_of(group_of(i));
    }
    rows_.groups.given = true;
  }

 private:
  std::size_t group_of(std::size_t row) const {
    return static_cast<std::size_t>(rows_.groups.of_row[row]);
  }

  TableRows& rows_;
  LinkedRows joined_;  // groups
};

// The photographs of one source by label, and what they are seen from.
struct SourceRows {
  std::vector<std::vector<std::size_t>> by_label;
  std::vector<double> mean;
};

void join_between(const RowFile& features, const SourceRows& one, const SourceRows& other,
                  double distance, Joiner& joiner) {
  for (std::size_t label = 0; label < one.by_label.size(); ++label) {
    std::vector<std::size_t> rows = one.by_label[label];
    const std::vector<std::size_t>& others = other.by_label[label];
    if (rows.empty() || others.empty()) continue;
    const Matrix<float> left = picked_features(features, rows);
    const Matrix<float> right = picked_features(features, others);
    rows.insert(rows.end(), others.begin(), others.end());
    joiner.join_all(
        rows, link_between_sources({left.view(), one.mean}, {right.view(), other.mean}, distance));
  }
}

}  // namespace

void join_near_duplicates(TableRows& rows, const FeatureSource& table,
                          const std::vector<std::string>& sources, double distance,
                          const std::string& scratch_folder, const Execution& execution) {
  const std::unique_ptr<FeatureReader> pass = table.read();
  ReadAhead<FeatureReader, FeatureBatch> reader(*pass);
  std::optional<RowFile> features;
  FeatureBatch batch;
  while (reader.next(batch)) {
    throw_if_stopped(execution.stop);
    if (!features) features.emplace(scratch_folder, batch.features.cols() / rows.crops);
    append_first_crops(batch, rows.crops, *features);
  }
  if (!features) return;
  Joiner joiner(rows);
  std::vector<SourceRows> of_sources;
  for (const std::vector<std::size_t>& of_source : rows_of_sources(rows, sources)) {
    of_sources.push_back({rows_of_labels(rows, of_source), mean_of(*features, of_source)});
    const SourceRows& one = of_sources.back();
    for (const std::vector<std::size_t>& alike : one.by_label) {
      throw_if_stopped(execution.stop);
      joiner.join_all(alike, link_near_duplicates(picked_features(*features, alike).view(),
                                                  one.mean, distance, execution.workers));
    }
    for (std::size_t i = 0; i + 1 < of_sources.size(); ++i) {
      throw_if_stopped(execution.stop);
      join_between(*features, of_sources[i], one, distance, joiner);
    }
  }
  joiner.finish();
}

}  // namespace pomona
