// SPDX-License-Identifier: Apache-2.0
// EXIF orientation: which way up the camera was held (EXIF 2.32, tag 0x0112). 1 is upright; 2-4
// mirror or turn by half, 5-8 swap the sides.
#pragma once

#include <string_view>

#include "pomona/image/image.h"

namespace pomona {

// exif: a TIFF structure of either byte order, with or without "Exif\0\0" before it. 1 to 8; 1
// when the tag is absent, out of range or not to be found in one walk over the first directory.
int read_exif_orientation(std::string_view exif);

// Whether the sides of the upright picture are swapped.
inline bool swaps_sides(int orientation) { return orientation >= 5; }

// Turns a picture stored with `orientation` (1 to 8) upright; does nothing for 1. `scratch` keeps
// memory between calls and may change hands with `image`.
void turn_upright(Image& image, int orientation, Image& scratch);

}  // namespace pomona
