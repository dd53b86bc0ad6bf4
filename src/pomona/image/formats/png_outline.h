// SPDX-License-Identifier: Apache-2.0
// What the chunks of a PNG state before anything is decoded: size, kind, which way up, and whether
// the file is whole. Any thread. Private to the module.
#pragma once

#include <cstdint>
#include <string_view>

#include "pomona/base/expected.h"
#include "pomona/image/decode_failure.h"
#include "pomona/image/orientation.h"

namespace pomona {

struct PngOutline {
  std::uint32_t width = 0;
  std::uint32_t height = 0;
  std::uint32_t pixel_bits = 0;  // as they are unpacked
  bool alpha = false;
  bool interlaced = false;
  bool lacks_end = false;  // of its last chunk, which holds nothing, a part is missing or all
  int orientation = 1;

  std::uint64_t pixels() const { return std::uint64_t{width} * height; }
  std::uint64_t copies() const { return swaps_sides(orientation) ? 2 : 1; }
  // A byte for each row states its filter.
  std::uint64_t unpacked_bytes() const {
    return (std::uint64_t{width} * pixel_bits / 8 + 1) * height;
  }
};

DecodeFailure png_ends_early();

// bytes: the file, which begins as a PNG does.
expected<PngOutline, DecodeFailure> read_png_outline(std::string_view bytes);

}  // namespace pomona
