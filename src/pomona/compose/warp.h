// SPDX-License-Identifier: Apache-2.0
// Turns, mirrors and scales layers. Bicubic as Pillow's Image.transform(size, AFFINE, …, BICUBIC),
// to within a level; a layer that becomes much smaller is halved first, so that nothing aliases.
#pragma once

#include <cstdint>
#include <vector>

#include "pomona/compose/layer.h"

namespace pomona {

// From the middle of a pixel of the result to where it lies in the source, in pixels:
// (a·x + b·y + c, d·x + e·y + f).
struct Affine {
  double a = 1;
  double b = 0;
  double c = 0;
  double d = 0;
  double e = 1;
  double f = 0;
};

// What is done to a layer, in this order.
struct Pose {
  bool mirrored = false;
  double degrees = 0;  // clockwise, as one sees it
  double scale = 1;
  double squeeze = 1;  // of the height, as of things seen from the side
};

// Keeps its memory. One per thread.
class Warper {
 public:
  // Outside of the source the result is transparent.
  void warp(const Layer& source, const Affine& to_source, int width, int height, Layer& result);
  // The result is as large as it needs to be, its middle that of the source.
  void pose(const Layer& source, const Pose& pose, Layer& result);

 private:
  void spread(const Layer& source);
  void sample(double x, double y, std::uint8_t* result) const;

  Layer halves_[2];
  std::vector<float> floats_;  // of the source, with a border
  int floats_width_ = 0;
};

}  // namespace pomona
