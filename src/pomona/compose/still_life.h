// SPDX-License-Identifier: Apache-2.0
// Makes a picture that looks like somebody's photograph of fruit out of cut-outs of fruit: one, or
// a heap of them, in some pose, on some ground, in some light, taken with some camera.
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

class Chance;

// Keeps its memory. One per thread.
class StillLife {
 public:
  // `frames`: cut-outs of one kind of fruit, at least one. `backgrounds`: photographs that parts of
  // may lie behind the fruit, or none: grounds are then made up. `picture` becomes side × side
  // pixels. The same arguments and numbers of `random` give the same picture.
  void paint(std::span<const Layer> frames, std::span<const Image> backgrounds, int side,
             Random& random, Image& picture);

 private:
  struct Item;
  struct Lamp;

  static Item any_item(std::span<const Layer> frames, Chance& chance);
  static std::vector<Item> arrange(std::span<const Layer> frames, double side, Chance& chance);
  static Lamp any_lamp(Chance& chance);
  void paint_ground(std::span<const Image> backgrounds, double softness, Random& random);
  void place(const Item& item, const Lamp& lamp);
  void take(const Lamp& lamp, Random& random);

  Canvas canvas_;
  Image crop_;
  Layer posed_;
  Resizer resizer_;
  Warper warper_;
  ShadowCaster shadows_;
  Blurrer blurrer_;
};

}  // namespace pomona
