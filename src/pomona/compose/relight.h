// SPDX-License-Identifier: Apache-2.0
// A picture as it would have come out in another light, and of another camera. Any thread.
#pragma once

#include <array>

#include "pomona/compose/canvas.h"

namespace pomona {

// Each default leaves the picture as it is, but for what is close to white: see relight().
struct Light {
  double exposure = 0;    // stops: 1 is twice the light
  double gamma = 1;       // above 1 middle tones are darker
  double contrast = 1;    // about middle grey
  double saturation = 1;  // 0: grey
  double warmth = 0;      // mireds: 100 is a bulb that a camera did not see, -50 is shade
  double tint = 0;        // above 0 greener, below more magenta; a share of the level
  std::array<double, 2> slope = {0, 0};  // brighter by this share at the right, and the lower, edge
  double vignette = 0;                   // darker by this share in the corners
};

// How much of red, green and blue there is in such a light; green is 1 without a tint.
std::array<double, 3> colour_of(double warmth, double tint);

// Highlights are rolled off towards white instead of being cut.
void relight(const Light& light, Canvas& canvas);

}  // namespace pomona
