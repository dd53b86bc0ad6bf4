// SPDX-License-Identifier: Apache-2.0
// The shadow that a layer casts on what lies below it.
#pragma once

#include <vector>

#include "pomona/compose/blur.h"
#include "pomona/compose/canvas.h"
#include "pomona/compose/layer.h"

namespace pomona {

struct Shadow {
  double right = 0;     // where it falls, in pixels from the layer
  double down = 0;      // …
  double softness = 0;  // standard deviation of its edge, in pixels
  double strength = 0;  // what it takes of the light, in [0, 1]
};

// Keeps its memory. One per thread.
class ShadowCaster {
 public:
  // Darkens the canvas below a layer that is to be drawn at (left, top).
  void cast(const Layer& layer, int left, int top, const Shadow& shadow, Canvas& canvas);

 private:
  void shrink(const Layer& layer, int margin);

  Blurrer blurrer_;
  std::vector<float> mask_;  // of a quarter of the size: a shadow has no detail
  std::vector<float> line_;  // of it, between two of its own
  int width_ = 0;
  int height_ = 0;
};

}  // namespace pomona
