// SPDX-License-Identifier: Apache-2.0
#include "pomona/training/output_layer_prior.h"

#include <algorithm>
#include <optional>
#include <utility>

#include "pomona/backbone/logits_head.h"
#include "pomona/base/digest.h"
#include "pomona/base/error.h"
#include "pomona/base/number_text.h"
#include "pomona/base/unicode.h"
#include "pomona/csv/written_csv.h"

namespace pomona {
namespace {

// How many times as heavy as in the backbone's own output layer: studio images of the label pull
// the other way. What other values gave is in docs/kinds.md.
constexpr double kTrust = 15;
constexpr double kMostClass = 1e6;

std::optional<std::size_t> parse_class(const std::string& cell) {
  const std::optional<double> number = parse_number(cell);
  if (!number || !(*number >= 0 && *number <= kMostClass)) return std::nullopt;
  const auto whole = static_cast<std::size_t>(*number);
  if (static_cast<double>(whole) != *number) return std::nullopt;
  return whole;
}

Matrix<float> weights_of_logits(const Backbone& backbone, const BackboneClasses& classes) {
  try {
    return LogitsHead(backbone).weights();
  } catch (const Error& error) {
    throw Error(error.kind(), "reading backbone_classes " + classes.what() + ": " + error.what());
  }
}

}  // namespace

BackboneClasses BackboneClasses::parse(std::string_view csv, const std::string& what) {
  BackboneClasses classes;
  classes.what_ = what;
  classes.digest_ = sha256(csv);
  WrittenCsv table(csv, "backbone_classes " + what, {"class", "label"});
  const std::size_t name = table.column("class");
  const std::size_t label = table.column("label");
  std::vector<std::string> row;
  while (table.next(row)) {
    table.refuse_blanks(row[label]);
    const std::optional<std::size_t> number = parse_class(row[name]);
    if (!number) {
      table.refuse("the class '" + row[name] +
                   "' is no whole number from 0 on; write that of one of the "
                   "backbone's own classes, the first of which is 0");
    }
    if (row[label].empty()) table.refuse("the class " + row[name] + " has no label");
    if (!classes.labels_.emplace(*number, to_nfc(row[label])).second) {
      table.refuse("the class " + row[name] + " has two rows; leave one");
    }
  }
  return classes;
}

OutputLayerPrior::OutputLayerPrior(const Backbone& backbone, const BackboneClasses& classes,
                                   std::vector<std::string> labels)
    : labels_(std::move(labels)),
      directions_(labels_.size(), static_cast<std::size_t>(backbone.spec.feature_count)) {
  const Matrix<float> of_logits = weights_of_logits(backbone, classes);
  std::vector<std::size_t> counts(labels_.size());
  for (const auto& [number, name] : classes.labels()) {
    if (number >= of_logits.rows()) {
      throw Error(ErrorKind::kInvalidInput,
                  "reading backbone_classes " + classes.what() + ": there is no class " +
                      std::to_string(number) + "; the backbone '" + backbone.spec.name +
                      "' has those from 0 to " + std::to_string(of_logits.rows() - 1));
    }
    const auto found = std::ranges::find(labels_, name);
    if (found == labels_.end()) continue;
    const auto label = static_cast<std::size_t>(found - labels_.begin());
    ++counts[label];
    for (std::size_t j = 0; j < directions_.cols(); ++j) {
      directions_(label, j) += static_cast<double>(of_logits(number, j));
    }
  }
  for (std::size_t label = 0; label < labels_.size(); ++label) {
    if (counts[label] == 0) continue;
    for (double& weight : directions_.view().row(label)) {
      weight /= static_cast<double>(counts[label]);
    }
  }
}

bool OutputLayerPrior::knows(const std::string& label) const {
  const auto found = std::ranges::find(labels_, label);
  if (found == labels_.end()) return false;
  const auto row = directions_.view().row(static_cast<std::size_t>(found - labels_.begin()));
  return std::ranges::any_of(row, [](double weight) { return weight != 0; });
}

Matrix<double> OutputLayerPrior::weights(const Reduction& reduction,
                                         const std::vector<std::string>& unseen) const {
  const Matrix<double>& components = reduction.pca.components;
  Matrix<double> weights(directions_.rows(), components.rows());
  for (std::size_t label = 0; label < weights.rows(); ++label) {
    if (std::ranges::find(unseen, labels_[label]) == unseen.end()) continue;
    for (std::size_t i = 0; i < components.rows(); ++i) {
      double sum = 0;
      for (std::size_t j = 0; j < components.cols(); ++j) {
        sum += directions_(label, j) * reduction.scaler.scale[j] * components(i, j);
      }
      weights(label, i) = kTrust * sum;
    }
  }
  return weights;
}

void check_prior(const TrainOptions& options) {
  if (options.classifier == ClassifierKind::kRidge) {
    throw Error(ErrorKind::kInvalidInput,
                "backbone_classes, classifier: ridge regression takes no prior; train a logistic "
                "classifier");
  }
  if (options.studio.empty()) {
    throw Error(
        ErrorKind::kInvalidInput,
        "backbone_classes, studio: the classes serve labels that studio images alone show; name "
        "the sources of these in studio");
  }
}

}  // namespace pomona
