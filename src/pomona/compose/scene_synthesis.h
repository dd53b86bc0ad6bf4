// SPDX-License-Identifier: Apache-2.0
// Scene synthesis by cut and paste: a picture that resembles somebody's photograph of fruit, from
// cut-outs of fruit: one or a heap of them, in some pose, on some ground, in some light, taken with
// some camera.
#pragma once

#include <span>
#include <vector>

#include "pomona/base/random.h"
#include "pomona/compose/blur.h"
#include "pomona/compose/canvas.h"
#include "pomona/compose/layer.h"
#include "pomona/compose/shadow.h"
#include "pomona/compose/warp.h"
#include "pomona/image/image.h"
#include "pomona/image/resize.h"

namespace pomona {

class RandomDraw;

// Keeps its memory. One per thread.
class SceneSynthesis {
 public:
  // `frames`: cut-outs of one kind of fruit, at least one. `backgrounds`: photographs that parts of
  // may lie behind the fruit, or none: grounds are then made up. `picture` becomes side × side
  // pixels. The same arguments and numbers of `random` give the same picture.
  void paint(std::span<const Layer> frames, std::span<const Image> backgrounds, int side,
             Random& random, Image& picture);

 private:
  struct Item;
  struct LightSource;

  static Item any_item(std::span<const Layer> frames, RandomDraw& draws);
  static std::vector<Item> arrange(std::span<const Layer> frames, double side, RandomDraw& draws);
  static LightSource any_light_source(RandomDraw& draws);
  void paint_ground(std::span<const Image> backgrounds, double softness, Random& random);
  void place(const Item& item, const LightSource& source);
  void take(const LightSource& source, Random& random);

  Canvas canvas_;
  Image crop_;
  Layer posed_;
  Resizer resizer_;
  Warper warper_;
  ShadowCaster shadows_;
  Blurrer blurrer_;
};

}  // namespace pomona
