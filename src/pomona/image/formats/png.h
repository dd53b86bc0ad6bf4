// SPDX-License-Identifier: Apache-2.0
// Reads PNG by libpng. Private to the module: callers use decode.h.
#pragma once

#include <cstddef>
#include <cstdint>
#include <string_view>
#include <vector>

#include "pomona/base/expected.h"
#include "pomona/image/decode_failure.h"
#include "pomona/image/decode_limits.h"
#include "pomona/image/formats/box_reducer.h"
#include "pomona/image/image.h"

namespace pomona {

// Keeps scratch memory. One per thread.
class PngReader {
 public:
  // Fills `image` with the pixels as stored and returns the EXIF orientation (1 to 8). Every colour
  // type, depth and interlacing becomes 8-bit RGB; 16 bits are rounded to 8; alpha and transparent
  // colours are composed over white. Gamma and colour profiles are left alone, as in Pillow. Of an
  // animated PNG this is the picture that readers without animation show. A file that is whole but
  // for its last chunk is whole.
  //
  // target_side: see DecodeOptions. A picture of more than 16 million pixels is reduced row by row
  // and never held; an interlaced one is whole only at the end, so it is held.
  expected<int, DecodeFailure> read(std::string_view bytes, const DecodeLimits& limits,
                                    int target_side, Image& image);

  // Scratch memory, where it is more than that.
  void give_back_beyond(std::size_t bytes) {
    reducer_.give_back_beyond(bytes);
    if (row_.capacity() > bytes) row_ = {};
  }

 private:
  std::vector<std::uint8_t> row_;
  BoxReducer reducer_;
};

}  // namespace pomona
