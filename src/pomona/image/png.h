// SPDX-License-Identifier: Apache-2.0
// Reads PNG by libpng. Private to the module: callers use decode.h.
#pragma once

#include <string_view>

#include "pomona/base/expected.h"
#include "pomona/image/decode_failure.h"
#include "pomona/image/decode_limits.h"
#include "pomona/image/image.h"

namespace pomona {

// Fills `image` with the pixels as stored and returns the EXIF orientation (1 to 8). Every colour
// type, depth and interlacing becomes 8-bit RGB; 16 bits are rounded to 8; alpha and transparent
// colours are composed over white. Gamma and colour profiles are left alone, as in Pillow. Of an
// animated PNG this is the picture that readers without animation show.
expected<int, DecodeFailure> read_png(std::string_view bytes, const DecodeLimits& limits,
                                      Image& image);

}  // namespace pomona
