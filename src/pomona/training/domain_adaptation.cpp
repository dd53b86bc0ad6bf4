// SPDX-License-Identifier: Apache-2.0
#include "pomona/training/domain_adaptation.h"

#include <algorithm>
#include <cmath>

#include "pomona/base/error.h"
#include "pomona/dataset/source_of.h"

namespace pomona {
namespace {

// What is less, as a share of the square of the mean, may be left over by the subtraction alone.
constexpr double kLeastSpread = 1e-9;

struct LabelMoments {
  LabelMoments(std::size_t labels, std::size_t dims)
      : counts(labels), sums(labels, dims), squares(labels, dims) {}

  void add(std::size_t label, std::span<const float> row) {
    ++counts[label];
    for (std::size_t j = 0; j < row.size(); ++j) {
      const auto value = static_cast<double>(row[j]);
      sums(label, j) += value;
      squares(label, j) += value * value;
    }
  }
  double mean(std::size_t label, std::size_t j) const {
    return sums(label, j) / static_cast<double>(counts[label]);
  }
  double variance(std::size_t label, std::size_t j) const {
    const double centre = mean(label, j);
    const double variance =
        squares(label, j) / static_cast<double>(counts[label]) - centre * centre;
    return variance > kLeastSpread * centre * centre ? variance : 0;
  }

  std::vector<std::size_t> counts;
  Matrix<double> sums;
  Matrix<double> squares;
};

std::vector<std::size_t> shared_labels(const LabelMoments& a, const LabelMoments& b) {
  std::vector<std::size_t> labels;
  for (std::size_t label = 0; label < a.counts.size(); ++label) {
    if (a.counts[label] > 0 && b.counts[label] > 0) labels.push_back(label);
  }
  return labels;
}

// Sums over labels, each counting the same.
struct Spread {
  double mean = 0;
  double variance = 0;
};

Spread spread_of(const LabelMoments& moments, std::span<const std::size_t> labels, std::size_t j) {
  Spread spread;
  for (const std::size_t label : labels) {
    spread.mean += moments.mean(label, j);
    spread.variance += moments.variance(label, j);
  }
  return spread;
}

}  // namespace

void check_adaptation(const TrainOptions& options) {
  if (options.adapt.empty()) return;
  for (const std::string& name : options.adapt) {
    if (std::ranges::find(options.studio, name) != options.studio.end()) continue;
    throw Error(ErrorKind::kInvalidInput, "adapt, studio: '" + name +
                                              "' is none of the sources that studio names; name "
                                              "it there as well");
  }
  if (options.classifier == ClassifierKind::kRidge) {
    throw Error(ErrorKind::kInvalidInput,
                "adapt, classifier: ridge regression has no domain adaptation; train a logistic "
                "classifier");
  }
}

std::vector<std::size_t> without_adapted(const TableRows& rows, std::vector<std::size_t> chosen,
                                         const std::vector<std::string>& adapt) {
  std::erase_if(
      chosen, [&](std::size_t row) { return is_of_sources(rows.manifest.rows[row].path, adapt); });
  return chosen;
}

DomainAdaptation::DomainAdaptation(const RowFile& inputs, const TableRows& rows,
                                   std::span<const std::size_t> chosen, const TrainOptions& options)
    : rows_(rows) {
  const LabelMoments none(rows.train_labels.size(), inputs.cols());
  LabelMoments wild = none;
  std::map<std::string, LabelMoments, std::less<>> studio;
  Matrix<float> row(1, inputs.cols());
  for (const std::size_t i : chosen) {
    const std::string_view path = rows.manifest.rows[i].path;
    const bool in_the_wild = !is_of_sources(path, options.studio);
    if (rows.label_index[i] < 0 || !(in_the_wild || is_of_sources(path, options.adapt))) continue;
    inputs.read(i, row.view());
    LabelMoments& moments =
        in_the_wild ? wild : studio.try_emplace(std::string(source_of(path)), none).first->second;
    moments.add(static_cast<std::size_t>(rows.label_index[i]), row.row(0));
  }
  for (const auto& [source, moments] : studio) {
    const std::vector<std::size_t> shared = shared_labels(moments, wild);
    if (shared.empty()) continue;
    Transform& transform = transforms_[source];
    for (std::size_t j = 0; j < inputs.cols(); ++j) {
      const Spread from = spread_of(moments, shared, j);
      const Spread to = spread_of(wild, shared, j);
      const bool spreads = from.variance > 0 && to.variance > 0;
      transform.factor.push_back(spreads ? std::sqrt(to.variance / from.variance) : 1);
      transform.offset.push_back((to.mean - transform.factor[j] * from.mean) /
                                 static_cast<double>(shared.size()));
    }
  }
}

void DomainAdaptation::Transform::apply(std::span<float> row) const {
  for (std::size_t j = 0; j < row.size(); ++j) {
    row[j] = static_cast<float>(factor[j] * static_cast<double>(row[j]) + offset[j]);
  }
}

std::unique_ptr<RowFile> DomainAdaptation::adapted(const RowFile& file,
                                                   const std::string& scratch_folder) const {
  auto copy = std::make_unique<RowFile>(scratch_folder, file.cols());
  const std::size_t each = file.rows() / rows_.rows();
  Matrix<float> values(each, file.cols());
  for (std::size_t i = 0; i < rows_.rows(); ++i) {
    file.read(i * each, values.view());
    const auto found = transforms_.find(source_of(rows_.manifest.rows[i].path));
    if (found != transforms_.end()) {
      for (std::size_t crop = 0; crop < each; ++crop) found->second.apply(values.row(crop));
    }
    copy->append(values.view());
  }
  return copy;
}

}  // namespace pomona
