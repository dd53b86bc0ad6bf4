// SPDX-License-Identifier: Apache-2.0
#include "pomona/training/variety_fit.h"

#include <algorithm>
#include <map>

namespace pomona {
namespace {

constexpr std::size_t kFewestPhotographs = 8;
constexpr std::int32_t kNoVariety = -1;
constexpr double kLeastProbability = 0.8;

// Classes of the rows of one label.
struct Division {
  std::vector<std::string> names;
  std::size_t classes = 0;        // one a name, and one for the others where they are enough
  std::vector<std::size_t> rows;  // that are in a class, ascending
};

// Writes the class of each row that has one to `class_of_row`.
Division divide(const TableRows& table, const std::vector<std::size_t>& rows,
                std::vector<std::int32_t>& class_of_row) {
  std::map<std::int32_t, std::size_t> counts;
  for (const std::size_t row : rows) ++counts[table.variety_index[row]];
  Division division;
  std::map<std::int32_t, std::int32_t> classes;
  for (const auto& [variety, count] : counts) {  // in byte order of names, as their numbers are
    if (variety == kNoVariety || count < kFewestPhotographs) continue;
    classes[variety] = static_cast<std::int32_t>(division.names.size());
    division.names.push_back(table.varieties[static_cast<std::size_t>(variety)]);
  }
  const auto others = static_cast<std::int32_t>(division.names.size());
  std::size_t other_rows = 0;
  for (const auto& [variety, count] : counts) {
    if (classes.try_emplace(variety, others).second) other_rows += count;
  }
  const bool enough_others = other_rows >= kFewestPhotographs;
  division.classes = division.names.size() + (enough_others ? 1 : 0);
  for (const std::size_t row : rows) {
    const std::int32_t of_row = classes.at(table.variety_index[row]);
    if (of_row == others && !enough_others) continue;
    class_of_row[row] = of_row;
    division.rows.push_back(row);
  }
  return division;
}

std::vector<std::vector<std::size_t>> rows_by_label(const TableRows& rows,
                                                    const std::vector<std::size_t>& chosen) {
  std::vector<std::vector<std::size_t>> result(rows.train_labels.size());
  for (const std::size_t row : chosen) {
    if (rows.label_index[row] < 0) continue;
    result[static_cast<std::size_t>(rows.label_index[row])].push_back(row);
  }
  return result;
}

}  // namespace

std::vector<VarietyClassifier> fit_varieties(const TrainingTable& table,
                                             const std::vector<std::size_t>& chosen,
                                             const TrainOptions& options,
                                             const std::stop_token& stop) {
  const TableRows& rows = table.rows;
  std::vector<VarietyClassifier> varieties;
  if (rows.varieties.empty()) return varieties;
  const std::vector<std::vector<std::size_t>> of_labels = rows_by_label(rows, chosen);
  std::vector<std::int32_t> class_of_row(rows.rows());
  for (std::size_t label = 0; label < of_labels.size(); ++label) {
    Division division = divide(rows, of_labels[label], class_of_row);
    if (division.names.empty() || division.classes < 2) continue;
    TrainedClassifier trained = train_logistic(
        table, division.rows, {division.classes, class_of_row}, options, /*start=*/nullptr, stop);
    varieties.push_back({.label = rows.train_labels[label],
                         .names = std::move(division.names),
                         .classifier = std::move(trained.classifier),
                         .least_probability = kLeastProbability});
  }
  return varieties;
}

VarietyAnswers answer_varieties(std::span<const VarietyClassifier> varieties,
                                const std::vector<std::string>& labels, const RowFile& inputs,
                                const std::vector<std::size_t>& chosen,
                                MatrixView<const double> logits) {
  VarietyAnswers answers(chosen.size());
  Matrix<float> components(1, inputs.cols());
  for (std::size_t i = 0; i < chosen.size(); ++i) {
    const auto row = logits.row(i);
    const auto first = static_cast<std::size_t>(std::ranges::max_element(row) - row.begin());
    const VarietyClassifier* of_label = find_varieties(varieties, labels[first]);
    if (of_label == nullptr) continue;
    inputs.read(chosen[i], components.view());
    answers[i] = likeliest_variety(*of_label, components.view().row(0));
  }
  return answers;
}

}  // namespace pomona
