// SPDX-License-Identifier: Apache-2.0
// What a file may ask for before any of its pixels is decoded. A few hundred bytes can announce
// billions of pixels, so every reader asks here with what the header says.
#pragma once

#include <cstdint>

#include "pomona/base/expected.h"
#include "pomona/image/decode_failure.h"
#include "pomona/image/image_format.h"

namespace pomona {

struct DecodeLimits {
  std::uint64_t max_pixels = 100'000'000;          // width × height of the file
  std::uint64_t max_memory_bytes = 256ULL << 20U;  // what decoding may hold, the result included
  int max_scans = 100;                             // of a progressive JPEG
};

// Corrupt when a side is 0, too_large beyond max_pixels.
expected<void, DecodeFailure> check_pixels(ImageFormat format, std::uint64_t width,
                                           std::uint64_t height, const DecodeLimits& limits);

// bytes: what the reader and its result are about to hold. too_large beyond max_memory_bytes.
expected<void, DecodeFailure> check_memory(ImageFormat format, std::uint64_t bytes,
                                           const DecodeLimits& limits);

}  // namespace pomona
