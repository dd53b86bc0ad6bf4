// SPDX-License-Identifier: Apache-2.0
// Reads JPEG by libjpeg-turbo. Private to the module: callers use decode.h.
#pragma once

#include <cstdint>
#include <string_view>
#include <vector>

#include "pomona/base/expected.h"
#include "pomona/image/decode_failure.h"
#include "pomona/image/decode_limits.h"
#include "pomona/image/formats/lost_rows.h"
#include "pomona/image/image.h"

namespace pomona {

struct JpegFacts {
  int orientation = 1;  // EXIF's, 1 to 8
  double damage = 0;    // share of the picture that is lost: 0 for a whole file
};

// Keeps scratch memory. One per thread.
class JpegReader {
 public:
  // Fills `image` with the pixels as stored. Grey, YCbCr, RGB, CMYK and YCCK become RGB.
  // target_side: see DecodeOptions. A file that is whole but for its end mark is whole.
  expected<JpegFacts, DecodeFailure> read(std::string_view bytes, const DecodeLimits& limits,
                                          int target_side, Image& image);

 private:
  std::vector<std::uint8_t> cmyk_row_;
  LostRows lost_;
};

}  // namespace pomona
