// SPDX-License-Identifier: Apache-2.0
#include "pomona/image/decode_limits.h"

#include <algorithm>
#include <string>

namespace pomona {

expected<void, DecodeFailure> check_pixels(ImageFormat format, std::uint64_t width,
                                           std::uint64_t height, const DecodeLimits& limits) {
  const std::string name(image_format_name(format));
  if (width == 0 || height == 0) {
    return failed(DecodeFailure{DecodeFailureKind::kCorrupt,
                                name + " whose header tells a side of 0 pixels"});
  }
  // Divided, not multiplied: the product of two 32-bit sides and a raised limit could meet.
  if (width > limits.max_pixels / height) {
    return failed(DecodeFailure{DecodeFailureKind::kTooLarge,
                                name + " of " + std::to_string(width) + " x " +
                                    std::to_string(height) + " pixels is beyond the limit of " +
                                    std::to_string(limits.max_pixels) +
                                    " pixels; store it smaller"});
  }
  return {};
}

expected<void, DecodeFailure> check_memory(ImageFormat format, std::uint64_t bytes,
                                           const DecodeLimits& limits) {
  if (bytes > limits.max_memory_bytes) {
    return failed(DecodeFailure{
        DecodeFailureKind::kTooLarge,
        "decoding this " + std::string(image_format_name(format)) + " would take " +
            std::to_string(bytes >> 20U) + " MiB, beyond the limit of " +
            std::to_string(limits.max_memory_bytes >> 20U) + " MiB; store it smaller"});
  }
  return {};
}

expected<void, DecodeFailure> check_inflated(ImageFormat format, std::uint64_t bytes,
                                             std::uint64_t file_bytes, const DecodeLimits& limits) {
  const std::uint64_t most = std::max(limits.max_inflated_bytes, file_bytes * limits.max_inflation);
  if (bytes > most) {
    return failed(DecodeFailure{DecodeFailureKind::kTooLarge,
                                "the data of this " + std::string(image_format_name(format)) +
                                    " unpacks to " + std::to_string(bytes >> 20U) +
                                    " MiB, beyond the limit of " + std::to_string(most >> 20U) +
                                    " MiB; store it smaller"});
  }
  return {};
}

}  // namespace pomona
