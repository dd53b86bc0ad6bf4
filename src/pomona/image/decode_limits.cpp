// SPDX-License-Identifier: Apache-2.0
#include "pomona/image/decode_limits.h"

#include <algorithm>
#include <string>

#include "pomona/base/bounds.h"

namespace pomona {
namespace {

constexpr int kMostScans = 10'000;
constexpr std::uint64_t kNanosecondsPerMillisecond = 1'000'000;

std::uint64_t rounded_up_mib(std::uint64_t bytes) { return (bytes + (1U << 20U) - 1) >> 20U; }

DecodeFailure too_large(const std::string& message) {
  return {DecodeFailureKind::kTooLarge, message};
}

}  // namespace

void DecodeLimits::check() const {
  check_range("max_pixels", max_pixels, 1, kMostDecodePixels);
  check_range("max_decode_memory", max_decode_memory, 1, kMostDecodeMemory);
  check_range("max_decode_time", max_decode_time, 1, kMostDecodeTime);
  check_range("max_scans", max_scans, 1, kMostScans);
  check_range("max_damage", max_damage, 0, 1);
}

expected<void, DecodeFailure> check_pixels(ImageFormat format, std::uint64_t width,
                                           std::uint64_t height, const DecodeLimits& limits) {
  const std::string name(image_format_name(format));
  if (width == 0 || height == 0) {
    return failed(DecodeFailure{DecodeFailureKind::kCorrupt,
                                name + " whose header states a side of 0 pixels"});
  }
  // Divided, not multiplied: the product of two 32-bit sides and a raised limit could meet.
  if (width > limits.max_pixels / height) {
    return failed(too_large(name + " of " + std::to_string(width) + " x " + std::to_string(height) +
                            " pixels, more than max_pixels " + std::to_string(limits.max_pixels) +
                            " allows; store it smaller, or raise the limit"));
  }
  return {};
}

expected<void, DecodeFailure> check_memory(ImageFormat format, std::uint64_t bytes,
                                           const DecodeLimits& limits) {
  if (bytes > limits.max_decode_memory) {
    return failed(too_large("decoding this " + std::string(image_format_name(format)) +
                            " would take " + std::to_string(rounded_up_mib(bytes)) +
                            " MiB of memory, more than max_decode_memory " +
                            std::to_string(limits.max_decode_memory >> 20U) +
                            " MiB allows; store it smaller, or raise the limit"));
  }
  return {};
}

expected<void, DecodeFailure> check_time(ImageFormat format, std::uint64_t nanoseconds,
                                         std::uint64_t file_bytes, const DecodeLimits& limits) {
  const std::uint64_t most = std::max(limits.max_decode_time * kNanosecondsPerMillisecond,
                                      file_bytes * kDecodeNanosecondsPerByte);
  if (nanoseconds > most) {
    return failed(too_large(
        "decoding this " + std::string(image_format_name(format)) + " would take an estimated " +
        std::to_string(nanoseconds / kNanosecondsPerMillisecond) +
        " ms, more than max_decode_time " + std::to_string(limits.max_decode_time) +
        " allows a file of its size; store it smaller, or raise the limit"));
  }
  return {};
}

}  // namespace pomona
