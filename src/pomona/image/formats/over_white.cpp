// SPDX-License-Identifier: Apache-2.0
#include "pomona/image/formats/over_white.h"

namespace pomona {
namespace {

std::uint8_t over_white(int color, int alpha) {
  const int product = color * alpha + 255 * (255 - alpha) + 128;
  return static_cast<std::uint8_t>((product + (product >> 8)) >> 8);  // product / 255, rounded
}

}  // namespace

void compose_over_white(const std::uint8_t* rgba, int width, std::uint8_t* rgb) {
  for (int x = 0; x < width; ++x, rgba += 4, rgb += 3) {
    const int alpha = rgba[3];
    for (int channel = 0; channel < 3; ++channel) rgb[channel] = over_white(rgba[channel], alpha);
  }
}

}  // namespace pomona
