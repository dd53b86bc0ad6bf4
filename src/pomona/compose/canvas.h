// SPDX-License-Identifier: Apache-2.0
// A picture that is being painted: RGB as float, 0 is black and 1 white, in the levels of a screen
// rather than amounts of light; what is brighter than white is kept until it becomes an Image. Rows
// from the top, pixels interleaved, no padding between rows. Any thread, each with a canvas of its
// own.
#pragma once

#include <cstddef>
#include <vector>

#include "pomona/compose/layer.h"
#include "pomona/image/image.h"

namespace pomona {

struct Canvas {
  int width = 0;
  int height = 0;
  std::vector<float> pixels;  // height × width × 3

  // Keeps the capacity; pixels are then unspecified.
  void set_size(int new_width, int new_height) {
    width = new_width;
    height = new_height;
    pixels.resize(static_cast<std::size_t>(width) * static_cast<std::size_t>(height) * 3);
  }
  float* row(int y) {
    return pixels.data() + static_cast<std::size_t>(y) * static_cast<std::size_t>(width) * 3;
  }
  const float* row(int y) const {
    return pixels.data() + static_cast<std::size_t>(y) * static_cast<std::size_t>(width) * 3;
  }
};

void to_canvas(const Image& image, Canvas& canvas);
// Rounds, and cuts off what is darker than black or brighter than white.
void to_image(const Canvas& canvas, Image& image);

// Light that falls on a layer from one side: its colours are multiplied by `gain` in the middle, by
// gain + along_x at the right edge and gain - along_x at the left, likewise from top to bottom.
struct Shade {
  float gain = 1;
  float along_x = 0;
  float along_y = 0;
};

// Draws a layer over the canvas, its top left pixel at (left, top), which may lie outside, as may
// any part of it.
void draw(const Layer& layer, int left, int top, const Shade& shade, Canvas& canvas);

}  // namespace pomona
