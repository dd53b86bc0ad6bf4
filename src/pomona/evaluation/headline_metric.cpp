// SPDX-License-Identifier: Apache-2.0
#include "pomona/evaluation/headline_metric.h"

#include <algorithm>
#include <cstdint>

#include "pomona/base/number_text.h"

namespace pomona {
namespace {

std::string headline_text(const ProtocolMetrics& metrics) {
  return "Headline metric: " + percent(metrics.accuracy) + ", ";
}

std::string headline_without_test(std::span<const ProtocolMetrics> metrics) {
  const ProtocolMetrics* validated = find_metrics(metrics, "cross_validated");
  if (validated == nullptr) {
    return "No headline metric: no photograph with a label known from training was kept for a "
           "test.";
  }
  if (validated->figures && validated->figures->grouped) {
    return headline_text(*validated) + "by group, cross-validated.";
  }
  return headline_text(*validated) +
         "cross-validated. It is too high if photographs have a near-duplicate among the others; "
         "the option group keeps photographs that belong together in one fold.";
}

std::string headline_of(std::span<const ProtocolMetrics> metrics) {
  const ProtocolMetrics* main = find_metrics(metrics, "main");
  if (main == nullptr) return headline_without_test(metrics);
  if (const ProtocolMetrics* by_group = find_metrics(metrics, "by_group")) {
    return headline_text(*by_group) + "by group. A split with photographs of one group on both " +
           "sides gives " + percent(main->accuracy) + ".";
  }
  if (const ProtocolMetrics* ungrouped = find_metrics(metrics, "ungrouped")) {
    return headline_text(*main) + "by group. A random split gives " + percent(ungrouped->accuracy) +
           ".";
  }
  const ProtocolMetrics* pixels = find_metrics(metrics, "pixels");
  if (pixels != nullptr && pixels->accuracy > 0.5) {
    return headline_text(*main) + "but the pixel baseline, without a network, reaches " +
           percent(pixels->accuracy) +
           ". Either the labels are easy to separate, or test photographs have near-duplicates in "
           "training; the option group keeps photographs that belong together on one side.";
  }
  return headline_text(*main) +
         "for photographs like these. To know whether it holds for others, test on photographs "
         "from elsewhere.";
}

// Metrics over some of the labels mean nothing for the others.
std::string untested_labels(std::span<const LabelMetrics> classes) {
  const auto tested = std::ranges::count_if(
      classes, [](const LabelMetrics& one) { return one.metrics.support > 0; });
  if (static_cast<std::size_t>(tested) == classes.size()) return "";
  return " Only " + std::to_string(tested) + " of " + std::to_string(classes.size()) +
         " labels had a photograph in the test.";
}

}  // namespace

Protocol main_protocol(SplitKind split_kind, bool grouped, std::size_t train_rows) {
  Protocol protocol{"main", "", "", train_rows};
  if (split_kind == SplitKind::kTestSet) {
    protocol.title = "Given test set";
    protocol.explanation =
        "Trained on all training photographs, judged on the test set that was given.";
  } else if (split_kind == SplitKind::kFileNames) {
    protocol.title = "Split by file names";
    protocol.explanation =
        "File names say which photographs are for training and which for the test.";
  } else if (grouped) {
    protocol.title = "Holdout by group";
    protocol.explanation = "Photographs of one group are all in training or all in the test.";
  } else {
    protocol.title = "Random holdout";
    protocol.explanation = "Test photographs were drawn at random from every label.";
  }
  return protocol;
}

Protocol another_split_protocol(bool by_group, std::size_t train_rows) {
  if (by_group) {
    return {"by_group", "Cross-validation on a split by group",
            "Scaler, PCA and classifier fitted anew; photographs of one group are all in training "
            "or all in "
            "the test.",
            train_rows};
  }
  return {"ungrouped", "Cross-validation on a random split",
          "Scaler, PCA and classifier fitted anew with a random holdout, as most notebooks do it.",
          train_rows};
}

Protocol cross_validated_protocol(const CrossValidation& validation, bool grouped) {
  Protocol protocol{
      "cross_validated", std::to_string(validation.folds) + "-fold cross-validation",
      "Scaler, PCA and classifier fitted anew for each fold of the training photographs, on "
      "the others",
      validation.evaluation.rows.size()};
  protocol.explanation += grouped ? "; photographs of one group are all in one fold." : ".";
  if (validation.never_held_out > 0) {
    protocol.explanation +=
        " " + with_commas(validation.never_held_out) +
        " photographs of labels with a single group, or with copies under another label, only "
        "train: they are in no fold.";
  }
  return protocol;
}

Protocol source_protocol(const std::string& source) {
  return {"cross_validated_source", "of these " + source,
          "The same answers, of the photographs of this source alone.", 0, source};
}

ProtocolMetrics pixel_metrics(const PixelBaseline& baseline) {
  const Protocol protocol{
      "pixels", "Pixel baseline (1-NN on 16 × 16 pixels)",
      "The label of the nearest training photograph on 16 × 16 pixels. What it gets right needs "
      "no network.",
      baseline.train_rows};
  return {protocol, baseline.test_rows, baseline.accuracy, std::nullopt};
}

std::string headline_metric(std::span<const ProtocolMetrics> metrics,
                            std::span<const LabelMetrics> classes) {
  return headline_of(metrics) + untested_labels(classes);
}

}  // namespace pomona
