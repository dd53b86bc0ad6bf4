// SPDX-License-Identifier: Apache-2.0
// What a file may ask for before any of its pixels is decoded. A few hundred bytes can announce
// billions of pixels, so every reader asks here with what the header says. Any thread.
#pragma once

#include <cstdint>

#include "pomona/base/expected.h"
#include "pomona/image/decode_failure.h"
#include "pomona/image/image_format.h"

namespace pomona {

// A file larger than this is not read.
inline constexpr std::uint64_t kMaxPhotographBytes = 256ULL << 20U;

// The largest limits: far beyond any photograph, and so small that no product of them overflows.
inline constexpr std::uint64_t kMostDecodePixels = 1ULL << 32U;
inline constexpr std::uint64_t kMostDecodeMemory = 1ULL << 40U;  // bytes
inline constexpr std::uint64_t kMostDecodeTime = 3'600'000;      // milliseconds

// With the defaults no file that is small takes more than a quarter of a second or 168 MB, whatever
// it says (docs/reliability.md has the figures, docs/guide.md the reason for each default). Time is
// estimated from headers, never measured, so that a photograph passes on every machine or on none.
struct DecodeLimits {
  std::uint64_t max_pixels = 250'000'000;           // width × height of the file
  std::uint64_t max_decode_memory = 160ULL << 20U;  // bytes, the result included
  // Milliseconds, as estimated; a file that is large gets kDecodeNanosecondsPerByte for each of its
  // bytes where that is more. Photographs ask for less than a tenth of that, smooth cut-outs for a
  // third to nine tenths, bombs of one colour for three times as much.
  std::uint64_t max_decode_time = 250;
  int max_scans = 100;  // of a progressive JPEG
  // The share of a JPEG's picture that may be lost to damage. 0: any damage is a failure.
  double max_damage = 0;

  // Throws invalid_input that names the field.
  void check() const;

  bool operator==(const DecodeLimits&) const = default;
};

inline constexpr std::uint64_t kDecodeNanosecondsPerByte = 1500;

// Corrupt when a side is 0, too_large beyond max_pixels.
expected<void, DecodeFailure> check_pixels(ImageFormat format, std::uint64_t width,
                                           std::uint64_t height, const DecodeLimits& limits);

// bytes: what the reader and its result are about to hold. too_large beyond max_decode_memory.
expected<void, DecodeFailure> check_memory(ImageFormat format, std::uint64_t bytes,
                                           const DecodeLimits& limits);

// nanoseconds: what decoding takes, as estimated. too_large beyond max_decode_time and what a file
// of file_bytes may take.
expected<void, DecodeFailure> check_time(ImageFormat format, std::uint64_t nanoseconds,
                                         std::uint64_t file_bytes, const DecodeLimits& limits);

}  // namespace pomona
