// SPDX-License-Identifier: Apache-2.0
// A picture one can see through: 8-bit RGBA, rows from the top, pixels interleaved, no padding
// between rows. Colours are multiplied by their alpha, so that pixels can be mixed as they are. A
// value: any thread reads it, one thread at a time writes.
#pragma once

#include <cstddef>
#include <cstdint>
#include <vector>

namespace pomona {

struct Layer {
  int width = 0;
  int height = 0;
  std::vector<std::uint8_t> pixels;  // height × width × 4

  // Nothing is to be seen of it then. Keeps the capacity.
  void clear(int new_width, int new_height) {
    width = new_width;
    height = new_height;
    pixels.assign(static_cast<std::size_t>(width) * static_cast<std::size_t>(height) * 4, 0);
  }
  std::uint8_t* row(int y) {
    return pixels.data() + static_cast<std::size_t>(y) * static_cast<std::size_t>(width) * 4;
  }
  const std::uint8_t* row(int y) const {
    return pixels.data() + static_cast<std::size_t>(y) * static_cast<std::size_t>(width) * 4;
  }
};

}  // namespace pomona
