// SPDX-License-Identifier: Apache-2.0
#include "pomona/dataset/table_rows.h"

#include <algorithm>
#include <numeric>
#include <optional>
#include <set>
#include <tuple>
#include <utility>

#include "pomona/base/error.h"
#include "pomona/base/unicode.h"
#include "pomona/dataset/files/copies.h"
#include "pomona/dataset/label_numbers.h"

namespace pomona {
namespace {

void number_labels(TableRows& rows) {
  const Manifest& manifest = rows.manifest;
  std::vector<bool> in_training(manifest.labels.size());
  for (const ManifestRow& row : manifest.rows) {
    if (row.split == Split::kTrain)
      in_training[row.label] = true;
    else
      ++rows.test_row_count;
  }
  std::vector<std::int32_t> index(manifest.labels.size(), -1);
  for (std::size_t i = 0; i < index.size(); ++i) {
    if (!in_training[i] || manifest.labels[i].empty()) continue;
    index[i] = static_cast<std::int32_t>(rows.train_labels.size());
    rows.train_labels.push_back(manifest.labels[i]);
    rows.train_classes.push_back(i);
  }
  rows.label_index.reserve(manifest.rows.size());
  for (const ManifestRow& row : manifest.rows) rows.label_index.push_back(index[row.label]);
}

void weigh(TableRows& rows, const LabelRule& rule) {
  if (!rule.classes || !rule.classes->has_weights()) return;
  const Labeller labeller(rule);
  rows.weights.reserve(rows.rows());
  for (const ManifestRow& row : rows.manifest.rows) {
    rows.weights.push_back(labeller.weight(row.split, row.path));
  }
}

void name_varieties(TableRows& rows, const LabelRule& rule) {
  if (!rule.classes || !rule.classes->has_varieties()) return;
  const Labeller labeller(rule);
  std::vector<std::string_view> of_row;
  of_row.reserve(rows.rows());
  std::set<std::string, std::less<>> names;
  for (const ManifestRow& row : rows.manifest.rows) {
    of_row.push_back(labeller.variety(row.split, row.path));
    if (!of_row.back().empty() && !names.contains(of_row.back())) names.emplace(of_row.back());
  }
  if (names.empty()) return;
  rows.varieties.assign(names.begin(), names.end());
  rows.variety_index.reserve(of_row.size());
  for (const std::string_view name : of_row) {
    rows.variety_index.push_back(label_number(rows.varieties, name));
  }
}

Manifest manifest_of_table(const FeatureSource& table, const LabelRule& rule) {
  LabelNumbers labels;
  Labeller labeller(rule);
  Manifest manifest;
  const std::unique_ptr<FeatureReader> reader = table.read_keys();
  FeatureBatch batch;
  while (reader->next(batch)) {
    for (std::size_t i = 0; i < batch.rows(); ++i) {
      ManifestRow row;
      row.path = manifest.texts->keep(batch.path[i]);
      row.split = split_from_name(batch.split[i]);
      const std::string in_table = to_nfc(batch.label[i]);
      std::optional<std::string_view> label = in_table;
      if (rule.classes) label = labeller.label(row.split, row.path);
      if (!label) row.status = FileStatus::kSkipped;
      row.label = labels.number(label.value_or(""));
      manifest.rows.push_back(row);
    }
  }
  labeller.refuse_unknown();
  labels.settle(manifest);
  return manifest;
}

void check_order(const Manifest& manifest, const std::string& table) {
  const auto out_of_order = [](const ManifestRow& a, const ManifestRow& b) {
    return std::tie(a.split, a.path) > std::tie(b.split, b.path);
  };
  const auto at = std::ranges::adjacent_find(manifest.rows, out_of_order);
  if (at == manifest.rows.end()) return;
  throw Error(ErrorKind::kCorrupt,
              "reading the feature table " + table +
                  ": rows are expected in byte order of split and path, but '" +
                  std::string(at->path) + "' stands before '" + std::string(std::next(at)->path) +
                  "'; sort the table by these two columns");
}

}  // namespace

std::vector<std::size_t> TableRows::side(Split split) const {
  std::vector<std::size_t> result(split == Split::kTest ? test_rows() : train_rows());
  std::iota(result.begin(), result.end(), split == Split::kTest ? 0 : test_rows());
  std::erase_if(result, [this](std::size_t row) {
    return manifest.rows[row].status == FileStatus::kSkipped;
  });
  return result;
}

Groups single_rows(const TableRows& rows) {
  Groups groups = find_groups(rows.manifest, "");
  join_copies(rows.manifest, rows.first_copy, groups);
  return groups;
}

std::int32_t label_number(const std::vector<std::string>& labels, std::string_view label) {
  const auto found = std::ranges::lower_bound(labels, label);
  const bool known = found != labels.end() && *found == label;
  return known ? static_cast<std::int32_t>(found - labels.begin()) : -1;
}

std::size_t TableRows::find(Split split, std::string_view path) const {
  const auto key_of = [](const ManifestRow& row) { return std::pair(row.split, row.path); };
  const auto found = std::ranges::lower_bound(manifest.rows, std::pair(split, path), {}, key_of);
  if (found == manifest.rows.end() || key_of(*found) != std::pair(split, path)) {
    throw Error(ErrorKind::kInternal, "looking for a row of the feature table: there is no '" +
                                          std::string(path) + "' among the " +
                                          std::string(split_name(split)) + " rows");
  }
  return static_cast<std::size_t>(found - manifest.rows.begin());
}

TableRows rows_of_manifest(Manifest manifest, const std::string& group_pattern,
                           const LabelRule& rule) {
  TableRows rows;
  rows.manifest = std::move(manifest);
  std::erase_if(rows.manifest.rows,
                [](const ManifestRow& row) { return row.status != FileStatus::kOk; });
  rows.manifest.failures.clear();
  rows.groups = find_groups(rows.manifest, group_pattern);
  number_labels(rows);
  weigh(rows, rule);
  name_varieties(rows, rule);
  return rows;
}

TableRows rows_of_table(const FeatureSource& features, const std::string& group_pattern,
                        const LabelRule& rule) {
  TableRows rows;
  rows.manifest = manifest_of_table(features, rule);
  check_order(rows.manifest, features.describe());
  rows.groups = find_groups(rows.manifest, group_pattern);
  number_labels(rows);
  weigh(rows, rule);
  name_varieties(rows, rule);
  return rows;
}

}  // namespace pomona
