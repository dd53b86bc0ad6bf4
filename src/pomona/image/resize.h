// SPDX-License-Identifier: Apache-2.0
// Resizing with Pillow's convolution filters: support grows with the reduction, so nothing aliases.
// Two passes (rows, then columns), 8-bit after each, coefficients in fixed point as in Pillow's
// Resample.c, so results equal Image.resize(size, filter, box) there within one level.
#pragma once

#include <memory>

#include "pomona/image/fit.h"
#include "pomona/image/image.h"

namespace pomona {

enum class ResizeFilter { kBox, kBilinear, kBicubic, kLanczos };

// The part of the source that is resized, in source pixels; may cut through pixels.
struct Box {
  double left = 0;
  double top = 0;
  double right = 0;
  double bottom = 0;
};

// The middle of a picture: so many percent of both sides.
Box middle_of(const Image& image, int percent);

// Keeps coefficient tables of the last sizes and scratch rows; one per thread.
class Resizer {
 public:
  Resizer();
  ~Resizer();
  Resizer(Resizer&&) noexcept;
  Resizer& operator=(Resizer&&) noexcept;

  // Requires 0 <= left < right <= source.width, likewise for rows, and width, height > 0.
  void resize(const Image& source, const Box& box, int width, int height, ResizeFilter filter,
              Image& result);
  void resize(const Image& source, int width, int height, ResizeFilter filter, Image& result);

  // Both sides times to / from, rounded down, at least 1. Requires to and from > 0.
  void scale(const Image& source, int to, int from, ResizeFilter filter, Image& result);

  // A side × side picture in the manner of `fit`, of a part of the source or all of it.
  void fit(const Image& source, const Box& part, Fit fit, int side, ResizeFilter filter,
           Image& result);
  void fit(const Image& source, Fit fit, int side, ResizeFilter filter, Image& result);

 private:
  struct State;
  std::unique_ptr<State> state_;
};

}  // namespace pomona
