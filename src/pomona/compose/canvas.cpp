// SPDX-License-Identifier: Apache-2.0
#include "pomona/compose/canvas.h"

#include <algorithm>

namespace pomona {
namespace {

constexpr float kWhite = 255;

// -1 at the first of `size` pixels, 1 at the last.
float from_middle(int at, int size) {
  return size < 2 ? 0 : 2 * static_cast<float>(at) / static_cast<float>(size - 1) - 1;
}

}  // namespace

void to_canvas(const Image& image, Canvas& canvas) {
  canvas.set_size(image.width, image.height);
  std::ranges::transform(image.pixels, canvas.pixels.begin(),
                         [](std::uint8_t level) { return static_cast<float>(level) / kWhite; });
}

void to_image(const Canvas& canvas, Image& image) {
  image.set_size(canvas.width, canvas.height);
  const float* from = canvas.pixels.data();
  std::uint8_t* to = image.pixels.data();
  const std::size_t count = image.pixels.size();
  for (std::size_t i = 0; i < count; ++i) {
    const float level = from[i] * kWhite + 0.5F;
    // By way of int, which a processor does several at a time.
    to[i] = static_cast<std::uint8_t>(
        static_cast<int>(level < 0 ? 0 : (level > kWhite ? kWhite : level)));
  }
}

void draw(const Layer& layer, int left, int top, const Shade& shade, Canvas& canvas) {
  const int first_x = std::max(0, -left);
  const int last_x = std::min(layer.width, canvas.width - left);
  const int last_y = std::min(layer.height, canvas.height - top);
  for (int y = std::max(0, -top); y < last_y; ++y) {
    const std::uint8_t* from = layer.row(y);
    float* to = canvas.row(top + y);
    const float row_light = shade.gain + shade.along_y * from_middle(y, layer.height);
    for (int x = first_x; x < last_x; ++x) {
      const std::uint8_t* pixel = from + 4 * x;
      if (pixel[3] == 0) continue;
      const float light =
          std::max(0.0F, row_light + shade.along_x * from_middle(x, layer.width)) / kWhite;
      const float behind = 1 - static_cast<float>(pixel[3]) / kWhite;
      float* result = to + 3 * (left + x);
      for (int channel = 0; channel < 3; ++channel) {
        result[channel] = result[channel] * behind + static_cast<float>(pixel[channel]) * light;
      }
    }
  }
}

}  // namespace pomona
