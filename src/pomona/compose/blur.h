// SPDX-License-Identifier: Apache-2.0
// Blurs floats: pictures, and the masks that shadows are made of.
#pragma once

#include <span>
#include <vector>

#include "pomona/compose/canvas.h"

namespace pomona {

// Keeps its memory. One per thread.
class Blurrer {
 public:
  // `values`: height × width × channels. A Gaussian bell of this standard deviation in pixels, cut
  // off at four of them, beyond the edges the pixels there: scipy's gaussian_filter with
  // mode="nearest". Nothing happens for a sigma of 0.
  void gaussian(std::span<float> values, int width, int height, int channels, double sigma);
  void gaussian(Canvas& canvas, double sigma) {
    gaussian(canvas.pixels, canvas.width, canvas.height, 3, sigma);
  }

  // As a camera that moves so many pixels in this direction while it takes the picture.
  void motion(Canvas& canvas, double length, double degrees);

 private:
  std::vector<float> weights_;
  std::vector<float> line_;
  std::vector<float> lines_;
};

}  // namespace pomona
