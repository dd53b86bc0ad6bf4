// SPDX-License-Identifier: Apache-2.0
// Made-up grounds that fruit might lie on. Any thread.
#pragma once

#include "pomona/base/random.h"
#include "pomona/compose/canvas.h"

namespace pomona {

enum class Texture {
  kPlain,   // a surface in light that falls off to one side
  kWood,    // boards
  kCloth,   // woven, with soft folds
  kChecks,  // a checked cloth
  kClouds,  // stone, or what is too far away to be seen
  kLights,  // discs of light out of focus
  kSlats,   // a crate or a shelf
};

// Fills the canvas, which has its size. Colours, scale and direction are as `random` has it.
void paint_texture(Texture texture, Random& random, Canvas& canvas);

}  // namespace pomona
