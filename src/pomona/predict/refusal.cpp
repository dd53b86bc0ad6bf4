// SPDX-License-Identifier: Apache-2.0
#include "pomona/predict/refusal.h"

#include <algorithm>
#include <cmath>

#include "pomona/predict/bundle_network.h"

namespace pomona {
namespace {

// Chosen on photographs of fruit in shops, of which these refuse none, and on the same spoilt: half
// of them at a quarter of the light lie at twice kLeastBrightness, and nearly all that were blurred
// by 4 pixels of 348 below kLeastSharpness, none by 2 (docs/kinds.md).
constexpr int kLeastSide = 40;
constexpr double kLeastBrightness = 0.1;
constexpr double kLeastSharpness = 0.11;
// Where all that was learnt is the same; nothing is divided by 0.
constexpr double kLeastLimit = 1e-6;

}  // namespace

std::string_view refusal_reason_name(RefusalReason reason) {
  switch (reason) {
    case RefusalReason::kTooSmall: return "too_small";
    case RefusalReason::kTooDark: return "too_dark";
    case RefusalReason::kTooBlurred: return "too_blurred";
    case RefusalReason::kSomethingElse: return "something_else";
    case RefusalReason::kUnknownKind: return "unknown_kind";
  }
  return "unknown_kind";
}

std::optional<RefusalReason> refusal_of_picture(const PictureQuality& quality) {
  if (quality.shorter_side < kLeastSide) return RefusalReason::kTooSmall;
  if (quality.brightness < kLeastBrightness) return RefusalReason::kTooDark;
  if (quality.sharpness < kLeastSharpness) return RefusalReason::kTooBlurred;
  return std::nullopt;
}

double familiarity(std::span<const double> usual_classes, std::span<const float> logits) {
  const auto largest = static_cast<double>(*std::ranges::max_element(logits));
  double all = 0;
  double usual = 0;
  for (std::size_t i = 0; i < logits.size(); ++i) {
    const double share = std::exp(static_cast<double>(logits[i]) - largest);
    all += share;
    usual += share * usual_classes[i];
  }
  return std::log(std::max(usual / all, 1e-30));
}

Refuser::Refuser(const Bundle& bundle) : refusal_(bundle.refusal) {
  if (!refusal_.usual_classes.empty()) head_.emplace(backbone_of(bundle));
}

std::vector<Strangeness> Refuser::strangeness(MatrixView<const float> features) const {
  std::vector<Strangeness> result(features.rows());
  if (refusal_.share == 0) return result;
  const std::vector<double> distances = novelty_distances(refusal_.novelty, features);
  for (std::size_t i = 0; i < result.size(); ++i) {
    result[i].value = distances[i] / std::max(refusal_.most_distance, kLeastLimit);
    if (result[i].value > 1) result[i].refused = RefusalReason::kUnknownKind;
  }
  if (!head_) return result;
  Matrix<float> logits(features.rows(), head_->logit_count());
  head_->logits(features, logits.view());
  for (std::size_t i = 0; i < result.size(); ++i) {
    const double by_classes = familiarity(refusal_.usual_classes, logits.view().row(i)) /
                              std::min(refusal_.least_familiarity, -kLeastLimit);
    if (by_classes > 1) result[i].refused = RefusalReason::kSomethingElse;
    result[i].value = std::max(result[i].value, by_classes);
  }
  return result;
}

}  // namespace pomona
