// SPDX-License-Identifier: Apache-2.0
#include "pomona/evaluation/split_leaks.h"

#include <algorithm>
#include <cstdint>
#include <map>
#include <optional>
#include <span>
#include <string_view>
#include <utility>

#include "pomona/base/matrix.h"
#include "pomona/base/number_text.h"
#include "pomona/base/stop.h"
#include "pomona/dataset/row_selection.h"
#include "pomona/dataset/source_of.h"
#include "pomona/neighbours/directions.h"
#include "pomona/neighbours/near_rows.h"

namespace pomona {
namespace {

constexpr double kNearDistance = 0.1;
constexpr std::size_t kMostContradictions = 12;
constexpr std::size_t kBlockRows = 4096;

CopyMetrics::Photograph photograph_of(const TableRows& rows, std::size_t row) {
  const ManifestRow& one = rows.manifest.rows[row];
  return {std::string(one.path), std::string(split_name(one.split)), rows.manifest.label(one)};
}

// Components of rows as directions from the mean of their source.
class SourceDirections {
 public:
  SourceDirections(const TableRows& rows, const RowFile& components,
                   const std::vector<std::string>& sources)
      : rows_(rows), components_(components), sources_(sources) {
    std::map<std::string_view, std::size_t> counts;
    Matrix<float> values(kBlockRows, components.cols());
    for (std::size_t first = 0; first < rows.rows(); first += kBlockRows) {
      const MatrixView<float> block =
          values.view().rows_from(0, std::min(kBlockRows, rows.rows() - first));
      components.read(first, block);
      for (std::size_t i = 0; i < block.rows(); ++i) {
        const std::string_view source = source_of_row(first + i);
        std::vector<double>& sum = means_[source];
        sum.resize(components.cols());
        for (std::size_t j = 0; j < sum.size(); ++j) sum[j] += static_cast<double>(block(i, j));
        ++counts[source];
      }
    }
    for (auto& [source, mean] : means_) {
      for (double& value : mean) value /= static_cast<double>(counts[source]);
    }
  }

  // Of rows that ascend.
  Matrix<float> of(std::span<const std::size_t> chosen) const {
    Matrix<float> values(chosen.size(), components_.cols());
    read_rows(components_, chosen, values.view());
    Matrix<float> result(chosen.size(), components_.cols());
    for (std::size_t i = 0; i < chosen.size(); ++i) {
      const Matrix<float> one =
          directions_from(means_.at(source_of_row(chosen[i])), values.view().rows_from(i, 1));
      std::ranges::copy(one.view().row(0), result.row(i).begin());
    }
    return result;
  }

 private:
  std::string_view source_of_row(std::size_t row) const {
    const std::string_view path = rows_.manifest.rows[row].path;
    return is_of_sources(path, sources_) ? source_of(path) : std::string_view();
  }

  const TableRows& rows_;
  const RowFile& components_;
  const std::vector<std::string>& sources_;
  std::map<std::string_view, std::vector<double>> means_;
};

// At even distances.
std::vector<std::size_t> some_of(const std::vector<std::size_t>& all, std::size_t most) {
  if (all.size() <= most) return all;
  std::vector<std::size_t> some;
  for (std::size_t i = 0; i < most; ++i) some.push_back(all[i * all.size() / most]);
  return some;
}

}  // namespace

CopyMetrics copy_metrics(const TableRows& rows) {
  struct Copies {
    std::vector<std::size_t> rows;
    bool in_training = false;
    bool of_two_labels = false;
  };
  std::map<std::size_t, Copies> by_first;
  for (std::size_t row = 0; row < rows.first_copy.size(); ++row) {
    const std::size_t first = rows.first_copy[row];
    if (first == row) continue;
    Copies& copies = by_first[first];
    if (copies.rows.empty()) copies.rows.push_back(first);
    copies.rows.push_back(row);
  }
  CopyMetrics metrics;
  for (auto& [first, copies] : by_first) {
    const std::uint32_t label = rows.manifest.rows[first].label;
    metrics.photographs += copies.rows.size();
    for (const std::size_t row : copies.rows) {
      const ManifestRow& one = rows.manifest.rows[row];
      copies.in_training = copies.in_training || one.split == Split::kTrain;
      if (one.label == label) continue;
      copies.of_two_labels = true;
      if (metrics.contradictions.size() < kMostContradictions) {
        metrics.contradictions.push_back({photograph_of(rows, first), photograph_of(rows, row)});
      }
    }
    if (copies.of_two_labels) metrics.two_labels += copies.rows.size();
    if (!copies.in_training) continue;
    for (const std::size_t row : copies.rows) {
      metrics.test_rows += rows.manifest.rows[row].split == Split::kTest ? 1U : 0U;
    }
  }
  return metrics;
}

NearDuplicateMetrics near_duplicate_metrics(const TableRows& rows, const RowFile& components,
                                            const std::vector<std::string>& sources,
                                            const Execution& execution,
                                            std::size_t most_comparisons) {
  NearDuplicateMetrics metrics;
  metrics.distance = kNearDistance;
  const std::vector<std::size_t> training = rows.side(Split::kTrain);
  const std::vector<std::size_t> all_tests = rows.side(Split::kTest);
  if (training.empty() || all_tests.empty()) return metrics;
  const std::vector<std::size_t> tests =
      some_of(all_tests, std::max<std::size_t>(1, most_comparisons / training.size()));
  const SourceDirections directions(rows, components, sources);
  const Matrix<float> queries = directions.of(tests);
  std::vector<std::uint8_t> near(tests.size());
  for (std::size_t first = 0; first < training.size(); first += kBlockRows) {
    throw_if_stopped(execution.stop);
    const auto chosen =
        std::span(training).subspan(first, std::min(kBlockRows, training.size() - first));
    const Matrix<float> references = directions.of(chosen);
    mark_near_rows(references.view(), queries.view(), kNearDistance, execution.workers, near);
  }
  metrics.compared = tests.size();
  metrics.test_rows = static_cast<std::size_t>(std::ranges::count(near, 1));
  return metrics;
}

Json copies_json(const CopyMetrics& copies) {
  const auto photograph = [](const CopyMetrics::Photograph& one) {
    return Json{{"path", one.path}, {"split", one.split}, {"label", one.label}};
  };
  Json list = Json::array();
  for (const auto& [one, other] : copies.contradictions) {
    list.push_back(Json::array({photograph(one), photograph(other)}));
  }
  return {{"photographs", copies.photographs},
          {"test_rows", copies.test_rows},
          {"two_labels", copies.two_labels},
          {"contradictions", std::move(list)}};
}

Json near_duplicates_json(const NearDuplicateMetrics& near) {
  return {{"distance", near.distance}, {"test_rows", near.test_rows}, {"compared", near.compared}};
}

std::vector<std::string> copy_warnings(const CopyMetrics& copies, std::size_t test_rows) {
  std::vector<std::string> warnings;
  if (copies.test_rows > 0) {
    warnings.push_back(with_commas(copies.test_rows) + " of " + with_commas(test_rows) +
                       " test photographs are copies of training photographs, so the metrics are "
                       "too good; remove the copies from one side");
  }
  if (!copies.contradictions.empty()) {
    const auto& [one, other] = copies.contradictions.front();
    warnings.push_back(with_commas(copies.two_labels) +
                       " photographs have a copy under another label, such as '" + one.path +
                       "' (" + one.label + ") and '" + other.path + "' (" + other.label +
                       "); remove those with the wrong label. Copies of two labels are kept out "
                       "of a holdout");
  }
  return warnings;
}

}  // namespace pomona
