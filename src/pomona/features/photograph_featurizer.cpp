// SPDX-License-Identifier: Apache-2.0
#include "pomona/features/photograph_featurizer.h"

#include <utility>

namespace pomona {

PhotographFeaturizer::PhotographFeaturizer(const CropNetworks& networks, const ExtractSetup& setup,
                                           std::vector<std::size_t> crops,
                                           std::vector<std::size_t> slots)
    : crops_(std::move(crops)),
      queue_(networks, crops_, std::move(slots)),
      preprocessor_(setup.backbone.spec, setup.featurizer.size, setup.fit, setup.crops) {}

expected<Decoded, DecodeFailure> PhotographFeaturizer::add(std::string_view bytes,
                                                           const DecodeLimits& limits,
                                                           bool keep_preview) {
  const DecodeOptions options{limits, preprocessor_.decoded_side()};
  auto decoded = decoder_.decode(bytes, options, image_);
  if (!decoded) return decoded;
  add_crops(image_, keep_preview);
  return decoded;
}

void PhotographFeaturizer::add(const Image& upright) { add_crops(upright, /*keep_preview=*/false); }

void PhotographFeaturizer::add_crops(const Image& image, bool keep_preview) {
  queue_.add_row();
  for (const std::size_t crop : crops_) {
    preprocessor_.fill(image, crop, queue_.input(crop));
    // Of the whole photograph, which is the first crop.
    if (keep_preview && crop == crops_.front()) {
      preview_ = preview_maker_.make(preprocessor_.resized());
    }
    queue_.push(crop);
  }
}

}  // namespace pomona
