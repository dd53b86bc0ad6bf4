// SPDX-License-Identifier: Apache-2.0
// What a file may ask for before any of its pixels is decoded. A few hundred bytes can announce
// billions of pixels, so every reader asks here with what the header says.
#pragma once

#include <cstdint>

#include "pomona/base/expected.h"
#include "pomona/image/decode_failure.h"
#include "pomona/image/image_format.h"

namespace pomona {

// A file larger than this is not read.
inline constexpr std::uint64_t kMaxPhotographBytes = 256ULL << 20U;

// With the defaults no file that is small takes more than a quarter of a second or 128 MB, whatever
// it says (docs/reliability.md has the figures). Photographs of 24 million pixels pass as JPEG, PNG
// of 8-bit RGB and lossy WebP; of 15 million as lossless WebP.
struct DecodeLimits {
  std::uint64_t max_pixels = 100'000'000;          // width × height of the file
  std::uint64_t max_memory_bytes = 120ULL << 20U;  // what decoding may hold, the result included
  // What the data of a PNG unpacks to, a byte more for each pixel; more is for files that are
  // themselves large: so many times their size, which photographs seldom reach and bombs exceed by
  // far.
  std::uint64_t max_inflated_bytes = 56ULL << 20U;
  std::uint64_t max_inflation = 16;
  int max_scans = 100;  // of a progressive JPEG
  // Blocks of 8 × 8 values, summed over the scans of a JPEG; one of arithmetic coding counts as 32.
  std::uint64_t max_scan_blocks = 4'500'000;

  // Throws invalid_input that names the field.
  void check() const;

  bool operator==(const DecodeLimits&) const = default;
};

// Corrupt when a side is 0, too_large beyond max_pixels.
expected<void, DecodeFailure> check_pixels(ImageFormat format, std::uint64_t width,
                                           std::uint64_t height, const DecodeLimits& limits);

// bytes: what the reader and its result are about to hold. too_large beyond max_memory_bytes.
expected<void, DecodeFailure> check_memory(ImageFormat format, std::uint64_t bytes,
                                           const DecodeLimits& limits);

// bytes: what the data of the file unpacks to, and so what it takes to read. too_large beyond
// max_inflated_bytes and what a file of file_bytes may unpack to.
expected<void, DecodeFailure> check_inflated(ImageFormat format, std::uint64_t bytes,
                                             std::uint64_t file_bytes, const DecodeLimits& limits);

}  // namespace pomona
