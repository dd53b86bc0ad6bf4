// SPDX-License-Identifier: Apache-2.0
// Reduces a picture by 2, 4 or 8 while its rows come, so that it is never held whole: the mean of
// each square of pixels, rounded as in Pillow's Image.reduce(). One per thread. Private to the
// module.
#pragma once

#include <cstddef>
#include <cstdint>
#include <vector>

#include "pomona/image/image.h"

namespace pomona {

class BoxReducer {
 public:
  // Makes `result` as large as it will be; it outlives the last add_row(). factor: 1, 2, 4 or 8.
  void begin(int width, int height, int factor, Image& result);
  // The next row from the top, width × 3 bytes.
  void add_row(const std::uint8_t* rgb);

  void give_back_beyond(std::size_t bytes) {
    if (sums_.capacity() * sizeof(std::uint16_t) > bytes) sums_ = {};
  }

 private:
  void finish_row();

  int width_ = 0;
  int height_ = 0;
  int factor_ = 1;
  int rows_ = 0;       // so far
  int rows_held_ = 0;  // of those, in sums_
  Image* result_ = nullptr;
  std::vector<std::uint16_t> sums_;  // of up to `factor` rows
};

}  // namespace pomona
