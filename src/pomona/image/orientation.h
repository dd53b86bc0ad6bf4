// SPDX-License-Identifier: Apache-2.0
// EXIF orientation: which way up the camera was held (EXIF 2.32, tag 0x0112). 1 is upright; 2-4
// mirror or turn by half, 5-8 swap the sides. Any thread, each with pictures of its own.
#pragma once

#include <string_view>

#include "pomona/image/image.h"

namespace pomona {

// exif: a TIFF structure of either byte order, with or without "Exif\0\0" before it; xmp: an XMP
// packet, which counts where the EXIF has no such tag. Either may be empty. 1 to 8, as Pillow
// understands them: the first number of the tag, whatever its type and count; 1 when there is none,
// it is out of range, or it is not to be found in one walk over the first directory.
int read_orientation(std::string_view exif, std::string_view xmp);

// Whether the sides of the upright picture are swapped.
inline bool swaps_sides(int orientation) { return orientation >= 5; }

// Turns a picture stored with `orientation` (1 to 8) upright; does nothing for 1. `scratch` keeps
// memory between calls and may change hands with `image`.
void turn_upright(Image& image, int orientation, Image& scratch);

}  // namespace pomona
