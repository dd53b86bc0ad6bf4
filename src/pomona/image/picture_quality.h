// SPDX-License-Identifier: Apache-2.0
// Can anything be seen on a photograph at all? Three numbers that show when not. Any thread.
#pragma once

#include "pomona/image/image.h"

namespace pomona {

struct PictureQuality {
  int shorter_side = 0;   // pixels
  double brightness = 0;  // 0 to 1: luma that 95 % of the pixels do not exceed
  // How much of the contrast over 16 pixels is there over 2 pixels already, at the places where
  // each is strongest, on a picture of at most 256 pixels: 0.26 and more for photographs in focus,
  // 0.1 where an edge is some ten pixels wide.
  double sharpness = 0;
};

// The same for every machine. Any thread.
PictureQuality picture_quality(const Image& image);

}  // namespace pomona
