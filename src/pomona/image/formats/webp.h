// SPDX-License-Identifier: Apache-2.0
// Reads WebP by libwebp. Private to the module: callers use decode.h.
#pragma once

#include <cstddef>
#include <cstdint>
#include <string_view>
#include <vector>

#include "pomona/base/expected.h"
#include "pomona/image/decode_failure.h"
#include "pomona/image/decode_limits.h"
#include "pomona/image/image.h"

namespace pomona {

// Keeps scratch memory. One per thread.
class WebpReader {
 public:
  // Fills `image` with the pixels as stored and returns the EXIF orientation (1 to 8). Alpha is
  // composed over white; of an animation the first frame, on a white canvas.
  //
  // target_side: see DecodeOptions. A picture of more than 16 million pixels is reduced while it is
  // decoded, unless its frame covers a part of the canvas only.
  expected<int, DecodeFailure> read(std::string_view bytes, const DecodeLimits& limits,
                                    int target_side, Image& image);

  // Scratch memory, where it is more than that.
  void give_back_beyond(std::size_t bytes) {
    if (rgba_.capacity() > bytes) rgba_ = {};
  }

 private:
  std::vector<std::uint8_t> rgba_;  // a frame that has alpha or leaves part of the canvas free
};

}  // namespace pomona
