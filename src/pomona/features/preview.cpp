// SPDX-License-Identifier: Apache-2.0
#include "pomona/features/preview.h"

#include "pomona/image/image_format.h"

namespace pomona {
namespace {

constexpr int kPreviewQuality = 80;

}  // namespace

std::string_view PreviewMaker::make(const Image& picture) {
  resizer_.resize(picture, kPreviewSide, kPreviewSide, ResizeFilter::kBox, small_);
  encoder_.encode(small_, kPreviewQuality, jpeg_);
  return jpeg_;
}

bool PreviewDecoder::decode(std::string_view jpeg, Image& picture) {
  DecodeOptions options;
  options.limits.max_pixels = static_cast<std::uint64_t>(kPreviewSide) * kPreviewSide;
  return sniff_format(jpeg) == ImageFormat::kJpeg && decoder_.decode(jpeg, options, picture) &&
         picture.width == kPreviewSide && picture.height == kPreviewSide;
}

}  // namespace pomona
