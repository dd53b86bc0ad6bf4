// SPDX-License-Identifier: Apache-2.0
// Reads JPEG by libjpeg-turbo. Private to the module: callers use decode.h.
#pragma once

#include <cstdint>
#include <string_view>
#include <vector>

#include "pomona/base/expected.h"
#include "pomona/image/decode_failure.h"
#include "pomona/image/decode_limits.h"
#include "pomona/image/image.h"

namespace pomona {

// Keeps scratch memory. One per thread.
class JpegReader {
 public:
  // Fills `image` with the pixels as stored and returns the EXIF orientation (1 to 8). Grey, YCbCr,
  // RGB, CMYK and YCCK become RGB. target_side: see DecodeOptions.
  expected<int, DecodeFailure> read(std::string_view bytes, const DecodeLimits& limits,
                                    int target_side, Image& image);

 private:
  std::vector<std::uint8_t> cmyk_row_;
};

}  // namespace pomona
