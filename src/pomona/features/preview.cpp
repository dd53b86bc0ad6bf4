// SPDX-License-Identifier: Apache-2.0
#include "pomona/features/preview.h"

namespace pomona {

std::span<const std::uint8_t> PreviewMaker::make(const Image& picture) {
  resizer_.resize(picture, kPreviewSide, kPreviewSide, ResizeFilter::kBox, small_);
  return small_.pixels;
}

}  // namespace pomona
