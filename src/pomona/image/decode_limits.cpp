// SPDX-License-Identifier: Apache-2.0
#include "pomona/image/decode_limits.h"

#include <algorithm>
#include <string>

#include "pomona/base/bounds.h"

namespace pomona {
namespace {

// Far beyond any photograph, and so small that no product of them overflows.
constexpr std::uint64_t kMostPixels = 1ULL << 32U;
constexpr std::uint64_t kMostBytes = 1ULL << 40U;
constexpr std::uint64_t kMostInflation = 1'000'000;
constexpr int kMostScans = 10'000;

}  // namespace

void DecodeLimits::check() const {
  check_range("max_pixels", max_pixels, 1, kMostPixels);
  check_range("max_memory_bytes", max_memory_bytes, 1, kMostBytes);
  check_range("max_inflated_bytes", max_inflated_bytes, 0, kMostBytes);
  check_range("max_inflation", max_inflation, 0, kMostInflation);
  check_range("max_scans", max_scans, 1, kMostScans);
  check_range("max_scan_blocks", max_scan_blocks, 1, kMostBytes);
}

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
