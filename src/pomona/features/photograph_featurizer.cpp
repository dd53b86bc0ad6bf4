// SPDX-License-Identifier: Apache-2.0
#include "pomona/features/photograph_featurizer.h"

#include <utility>

namespace pomona {

PhotographFeaturizer::PhotographFeaturizer(const ViewNetworks& networks, const ExtractSetup& setup,
                                           std::vector<std::size_t> views,
                                           std::vector<std::size_t> slots)
    : views_(std::move(views)),
      queue_(networks, views_, std::move(slots)),
      preprocessor_(setup.backbone.spec, setup.featurizer.size, setup.fit, setup.views) {}

expected<Decoded, DecodeFailure> PhotographFeaturizer::add(std::string_view bytes,
                                                           const DecodeLimits& limits,
                                                           bool keep_preview) {
  const DecodeOptions options{limits, preprocessor_.decoded_side()};
  auto decoded = decoder_.decode(bytes, options, image_);
  if (!decoded) return decoded;
  queue_.add_row();
  for (const std::size_t view : views_) {
    preprocessor_.fill(image_, view, queue_.input(view));
    // Of the whole photograph, which is the first crop.
    if (keep_preview && view == views_.front()) {
      preview_ = preview_maker_.make(preprocessor_.resized());
    }
    queue_.push(view);
  }
  return decoded;
}

}  // namespace pomona
