// SPDX-License-Identifier: Apache-2.0
// The reject option: whether a photograph gets no answer, and why; its OOD score. Fitted by
// training/rejector_fit.h.
#pragma once

#include <optional>
#include <span>
#include <string_view>
#include <vector>

#include "pomona/backbone/logits_head.h"
#include "pomona/bundle/bundle.h"
#include "pomona/image/picture_quality.h"

namespace pomona {

enum class RejectionReason {
  kTooSmall,
  kTooDark,
  kTooBlurred,
  kSomethingElse,  // nothing like the photographs the labels were learnt from
  kUnknownKind,    // like them, but near to none
};
// As `refused` of `predict --json`: "too_small", "too_dark", "too_blurred", "something_else",
// "unknown_kind".
std::string_view rejection_reason_name(RejectionReason reason);

// Whether there is enough to be seen on a picture.
std::optional<RejectionReason> rejection_of_picture(const PictureQuality& quality);

// The logarithm of the mean of `usual_classes` over softmax(logits).
double in_distribution_score(std::span<const double> usual_classes, std::span<const float> logits);

struct OodScore {
  // The larger of distance over its limit and in-distribution score over its own, so that a
  // photograph is rejected above 1; 0 of a bundle without a reject option.
  double value = 0;
  std::optional<RejectionReason> rejected;
};

// Any thread; the bundle must outlive it.
class Rejector {
 public:
  // Throws as LogitsHead where the backbone lacks the logits that the bundle wants.
  explicit Rejector(const Bundle& bundle);

  // Of rows of features (rows × feature_count), the means of their crops.
  std::vector<OodScore> ood_scores(MatrixView<const float> features) const;

 private:
  const RejectOption& reject_option_;
  std::optional<LogitsHead> head_;
};

}  // namespace pomona
