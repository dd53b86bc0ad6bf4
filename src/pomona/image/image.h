// SPDX-License-Identifier: Apache-2.0
// A decoded photograph: 8-bit RGB, rows from the top, pixels interleaved, no padding between rows.
// A value: one thread at a time writes it.
#pragma once

#include <cstddef>
#include <cstdint>
#include <vector>

namespace pomona {

struct Image {
  int width = 0;
  int height = 0;
  std::vector<std::uint8_t> pixels;  // height × width × 3

  // Keeps the capacity, so that an Image used again and again stops allocating.
  void set_size(int new_width, int new_height) {
    width = new_width;
    height = new_height;
    pixels.resize(static_cast<std::size_t>(width) * static_cast<std::size_t>(height) * 3);
  }
  // Forgets the picture where it holds more memory than that.
  void give_back_beyond(std::size_t bytes) {
    if (pixels.capacity() > bytes) *this = {};
  }
  std::uint8_t* row(int y) {
    return pixels.data() + static_cast<std::size_t>(y) * static_cast<std::size_t>(width) * 3;
  }
  const std::uint8_t* row(int y) const {
    return pixels.data() + static_cast<std::size_t>(y) * static_cast<std::size_t>(width) * 3;
  }
};

}  // namespace pomona
