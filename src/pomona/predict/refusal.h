// SPDX-License-Identifier: Apache-2.0
// Why a photograph gets no answer but a sentence.
#pragma once

#include <optional>
#include <span>
#include <string_view>
#include <vector>

#include "pomona/backbone/logits_head.h"
#include "pomona/bundle/bundle.h"
#include "pomona/image/picture_quality.h"

namespace pomona {

enum class RefusalReason {
  kTooSmall,
  kTooDark,
  kTooBlurred,
  kSomethingElse,  // nothing like the photographs the labels were learnt from
  kUnknownKind,    // like them, but near to none
};
// As `refused` of `predict --json`: "too_small", "too_dark", "too_blurred", "something_else",
// "unknown_kind".
std::string_view refusal_reason_name(RefusalReason reason);

// Whether there is enough to be seen on a picture.
std::optional<RefusalReason> refusal_of_picture(const PictureQuality& quality);

// The logarithm of the mean of `usual_classes` over softmax(logits).
double familiarity(std::span<const double> usual_classes, std::span<const float> logits);

struct Strangeness {
  // The larger of distance over its limit and familiarity over its own, so that a photograph is
  // refused above 1; 0 of a bundle that answers everything.
  double value = 0;
  std::optional<RefusalReason> refused;
};

// Any thread; the bundle must outlive it.
class Refuser {
 public:
  // Throws as LogitsHead where the backbone lacks the logits that the bundle wants.
  explicit Refuser(const Bundle& bundle);

  // Of rows of features (rows × feature_count), the means of their crops.
  std::vector<Strangeness> strangeness(MatrixView<const float> features) const;

 private:
  const Refusal& refusal_;
  std::optional<LogitsHead> head_;
};

}  // namespace pomona
