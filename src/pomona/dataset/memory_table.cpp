// SPDX-License-Identifier: Apache-2.0
#include "pomona/dataset/memory_table.h"

#include <algorithm>
#include <cmath>
#include <iterator>
#include <numeric>
#include <string_view>
#include <tuple>
#include <unordered_map>
#include <utility>

#include "pomona/base/bounds.h"
#include "pomona/base/error.h"
#include "pomona/base/number_text.h"
#include "pomona/base/printable.h"
#include "pomona/base/random.h"
#include "pomona/base/stop.h"
#include "pomona/base/unicode.h"
#include "pomona/dataset/feature_copies.h"
#include "pomona/dataset/label_numbers.h"
#include "pomona/storage/key.h"

namespace pomona {
namespace {

constexpr std::size_t kBatchRows = 1024;
constexpr std::size_t kMadeUpDigits = 10;

void check_length(std::string_view field, std::size_t found, std::size_t rows) {
  if (found == 0 || found == rows) return;
  refuse_option(field, std::to_string(rows) + " values, one for each row of features",
                std::to_string(found));
}

void check_texts(std::string_view field, const std::vector<std::string>& texts, std::size_t rows) {
  check_length(field, texts.size(), rows);
  for (std::size_t i = 0; i < texts.size(); ++i) {
    const std::string which = " in row " + std::to_string(i) + " (counted from 0)";
    if (texts[i].empty()) refuse_option(field, "a text for each row", "an empty one" + which);
    if (!is_utf8(texts[i])) refuse_option(field, "UTF-8", "other bytes" + which);
  }
}

void check_features(MatrixView<const float> features, std::size_t crops) {
  if (features.rows() == 0) refuse_option("features", "at least one row", "none");
  if (features.cols() == 0 || features.cols() % crops != 0) {
    refuse_option("features",
                  crops == 1
                      ? "at least one number a row"
                      : "rows as wide as a multiple of the " + std::to_string(crops) + " crops",
                  std::to_string(features.cols()));
  }
  for (std::size_t i = 0; i < features.rows(); ++i) {
    const auto row = features.row(i);
    const auto found = std::ranges::find_if_not(row, [](float x) { return std::isfinite(x); });
    if (found == row.end()) continue;
    refuse_option("features", "finite numbers",
                  shown_number(*found) + " in row " + std::to_string(i) + ", column " +
                      std::to_string(found - row.begin()) + " (counted from 0)");
  }
}

// One batch after the other, of rows in the order of the table.
class Reader final : public FeatureReader {
 public:
  Reader(const MemoryRows& given, const TableRows& rows, const std::vector<std::size_t>& order,
         std::size_t cols)
      : given_(given), rows_(rows), order_(order), cols_(cols) {}

  bool next(FeatureBatch& batch) override {
    batch = {};
    const std::size_t count = std::min(kBatchRows, order_.size() - next_);
    if (count == 0) return false;
    batch.features = Matrix<float>(count, cols_);
    for (std::size_t i = 0; i < count; ++i, ++next_) {
      const ManifestRow& row = rows_.manifest.rows[next_];
      batch.path.emplace_back(row.path);
      batch.label.push_back(rows_.manifest.label(row));
      batch.split.emplace_back(split_name(row.split));
      const auto features = given_.features.row(order_[next_]);
      std::copy_n(features.begin(), cols_, batch.features.row(i).begin());
    }
    return true;
  }

 private:
  const MemoryRows& given_;
  const TableRows& rows_;
  const std::vector<std::size_t>& order_;
  std::size_t cols_;
  std::size_t next_ = 0;
};

// As find_groups() gives them for a pattern.
Groups groups_by_name(const std::vector<std::string>& names,
                      const std::vector<std::size_t>& order) {
  Groups groups;
  groups.given = true;
  std::unordered_map<std::string_view, std::int32_t> numbers;
  for (const std::size_t row : order) {
    const auto [found, is_new] =
        numbers.try_emplace(names[row], static_cast<std::int32_t>(numbers.size()));
    if (is_new) groups.key.push_back(hash_text(names[row], 0));
    groups.of_row.push_back(found->second);
  }
  return groups;
}

void check_split(const MemoryRows& given, const SplitOptions& split) {
  split.check();
  for (const auto& [field, pattern] :
       {std::pair("train_files", &split.train_files), std::pair("test_files", &split.test_files)}) {
    if (!pattern->empty()) {
      refuse_option(field, "no pattern, since rows in memory have sides or a holdout", *pattern);
    }
  }
  if (split.group.empty()) return;
  if (!given.groups.empty()) {
    refuse_option("group", "no pattern, since groups are given by name", split.group);
  }
  if (given.paths.empty()) {
    refuse_option("group", "no pattern, since the rows have no paths", split.group);
  }
}

}  // namespace

void MemoryRows::check() const {
  if (crops == 0) refuse_option("crops", "1 or more", "0");
  check_features(features, crops);
  check_texts("labels", labels, features.rows());
  check_texts("paths", paths, features.rows());
  check_texts("groups", groups, features.rows());
  check_length("sides", sides.size(), features.rows());
}

MemoryTable::MemoryTable(MemoryRows given, const SplitOptions& split, const Execution& execution)
    : given_(std::move(given)) {
  given_.check();
  check_split(given_, split);
  if (given_.paths.empty()) {
    for (std::size_t i = 1; i <= given_.features.rows(); ++i) {
      const std::string number = std::to_string(i);
      given_.paths.push_back(std::string(kMadeUpDigits - number.size(), '0') + number);
    }
  }
  if (given_.sides.empty()) {
    given_.sides.assign(given_.features.rows(), Split::kTrain);
    arrange(split);
    hold_out(split, execution);
  } else {
    arrange(split);
    if (rows_.test_rows() > 0) split_kind_ = SplitKind::kTestSet;
  }
  join_feature_copies(rows_, *this, execution);
}

void MemoryTable::arrange(const SplitOptions& split) {
  order_.resize(given_.features.rows());
  std::iota(order_.begin(), order_.end(), std::size_t{0});
  const auto key_of = [this](std::size_t row) {
    return std::tie(given_.sides[row], given_.paths[row]);
  };
  std::ranges::sort(order_, {}, key_of);
  if (const auto twice = std::ranges::adjacent_find(order_, {}, key_of); twice != order_.end()) {
    const auto [one, other] = std::minmax(*twice, *std::next(twice));
    refuse_option("paths", "different ones on each side",
                  "'" + printable(given_.paths[one]) + "' in rows " + std::to_string(one) +
                      " and " + std::to_string(other) + " (counted from 0)");
  }
  Manifest manifest;
  LabelNumbers labels;
  for (const std::size_t from : order_) {
    ManifestRow row;
    row.path = manifest.texts->keep(given_.paths[from]);
    row.split = given_.sides[from];
    row.label = labels.number(given_.labels.empty() ? "" : to_nfc(given_.labels[from]));
    manifest.rows.push_back(row);
  }
  labels.settle(manifest);
  rows_ = rows_of_manifest(std::move(manifest), split.group);
  if (!given_.groups.empty()) rows_.groups = groups_by_name(given_.groups, order_);
  rows_.crops = given_.crops;
}

void MemoryTable::hold_out(const SplitOptions& split, const Execution& execution) {
  if (split.holdout == 0 || rows_.train_labels.size() < 2) return;
  split_kind_ = SplitKind::kHoldout;
  join_feature_copies(rows_, *this, execution);
  const std::vector<std::size_t> chosen = choose_holdout(rows_.manifest, rows_.side(Split::kTrain),
                                                         rows_.groups, split.holdout, split.seed);
  if (chosen.empty()) {
    execution.progress.warn(why_none_held_out(rows_.manifest, rows_.groups, split.holdout));
    return;
  }
  for (const std::size_t row : chosen) given_.sides[order_[row]] = Split::kTest;
  arrange(split);
}

std::unique_ptr<FeatureReader> MemoryTable::read() const {
  return std::make_unique<Reader>(given_, rows_, order_, given_.features.cols());
}

std::unique_ptr<FeatureReader> MemoryTable::read_keys() const {
  return std::make_unique<Reader>(given_, rows_, order_, /*cols=*/0);
}

}  // namespace pomona
