// SPDX-License-Identifier: Apache-2.0
#include "pomona/predict/rejector.h"

#include <algorithm>
#include <cmath>

#include "pomona/predict/bundle_network.h"

namespace pomona {
namespace {

// Chosen on photographs of fruit in shops, of which these reject none, and on the same spoilt: half
// of them at a quarter of the light lie at twice kLeastBrightness, and nearly all that were blurred
// by 4 pixels of 348 below kLeastSharpness, none by 2 (docs/kinds.md).
constexpr int kLeastRecognisedSide = 40;
constexpr double kLeastBrightness = 0.1;
constexpr double kLeastSharpness = 0.11;
// Where all that was learnt is the same; nothing is divided by 0.
constexpr double kLeastLimit = 1e-6;

}  // namespace

std::string_view rejection_reason_name(RejectionReason reason) {
  switch (reason) {
    case RejectionReason::kTooSmall: return "too_small";
    case RejectionReason::kTooDark: return "too_dark";
    case RejectionReason::kTooBlurred: return "too_blurred";
    case RejectionReason::kSomethingElse: return "something_else";
    case RejectionReason::kUnknownKind: return "unknown_kind";
  }
  return "unknown_kind";
}

std::optional<RejectionReason> rejection_of_picture(const PictureQuality& quality) {
  if (quality.shorter_side < kLeastRecognisedSide) return RejectionReason::kTooSmall;
  if (quality.brightness < kLeastBrightness) return RejectionReason::kTooDark;
  if (quality.sharpness < kLeastSharpness) return RejectionReason::kTooBlurred;
  return std::nullopt;
}

double in_distribution_score(std::span<const double> usual_classes, std::span<const float> logits) {
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

Rejector::Rejector(const Bundle& bundle) : reject_option_(bundle.reject_option) {
  if (!reject_option_.usual_classes.empty()) head_.emplace(backbone_of(bundle));
}

std::vector<OodScore> Rejector::ood_scores(MatrixView<const float> features) const {
  std::vector<OodScore> result(features.rows());
  if (reject_option_.rate == 0) return result;
  const std::vector<double> distances = novelty_distances(reject_option_.novelty, features);
  for (std::size_t i = 0; i < result.size(); ++i) {
    result[i].value = distances[i] / std::max(reject_option_.most_distance, kLeastLimit);
    if (result[i].value > 1) result[i].rejected = RejectionReason::kUnknownKind;
  }
  if (!head_) return result;
  Matrix<float> logits(features.rows(), head_->logit_count());
  head_->logits(features, logits.view());
  for (std::size_t i = 0; i < result.size(); ++i) {
    const double by_classes =
        in_distribution_score(reject_option_.usual_classes, logits.view().row(i)) /
        std::min(reject_option_.least_in_distribution_score, -kLeastLimit);
    if (by_classes > 1) result[i].rejected = RejectionReason::kSomethingElse;
    result[i].value = std::max(result[i].value, by_classes);
  }
  return result;
}

}  // namespace pomona
