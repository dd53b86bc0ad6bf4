// SPDX-License-Identifier: Apache-2.0
// For tests only: small layers and pictures. Any thread.
#pragma once

#include <algorithm>
#include <array>
#include <cmath>
#include <cstdint>

#include "pomona/compose/layer.h"
#include "pomona/image/image.h"

namespace pomona {

using Rgb = std::array<std::uint8_t, 3>;

inline Layer rectangle(int width, int height, const Rgb& colour) {
  Layer layer;
  layer.clear(width, height);
  for (std::size_t i = 0; i < layer.pixels.size(); i += 4) {
    std::ranges::copy(colour, layer.pixels.begin() + static_cast<std::ptrdiff_t>(i));
    layer.pixels[i + 3] = 255;
  }
  return layer;
}

inline Image plain_image(int width, int height, const Rgb& colour) {
  Image image;
  image.set_size(width, height);
  for (std::size_t i = 0; i < image.pixels.size(); ++i) image.pixels[i] = colour[i % 3];
  return image;
}

// A disc in the middle of a white square, its edge as smooth as that of a photograph.
inline Image disc_on_white(int side, double radius, const Rgb& colour) {
  Image image = plain_image(side, side, {255, 255, 255});
  for (int y = 0; y < side; ++y) {
    for (int x = 0; x < side; ++x) {
      const double distance = std::hypot(x + 0.5 - side / 2.0, y + 0.5 - side / 2.0);
      const double share = std::clamp(radius - distance + 0.5, 0.0, 1.0);
      for (std::size_t channel = 0; channel < 3; ++channel) {
        image.row(y)[3 * static_cast<std::size_t>(x) + channel] =
            static_cast<std::uint8_t>(std::lround(255 + share * (colour[channel] - 255)));
      }
    }
  }
  return image;
}

}  // namespace pomona
