// SPDX-License-Identifier: Apache-2.0
// From a decoded picture to one row of the network's input: resize in the manner of `fit`, then
// (pixel - mean) / std_dev in the backbone's layout, written straight into the tensor.
#pragma once

#include <span>

#include "pomona/features/backbone.h"
#include "pomona/image/resize.h"

namespace pomona {

// One per thread. `resized()` is the picture the network saw, for thumbnails and controls.
class Preprocessor {
 public:
  // size: side of the network's input; need not be the backbone's own.
  Preprocessor(const BackboneSpec& spec, int size, Fit fit);

  // input: 3 × size × size floats.
  void fill(const Image& image, std::span<float> input);
  const Image& resized() const { return resized_; }

 private:
  BackboneSpec spec_;
  int size_;
  Fit fit_;
  Resizer resizer_;
  Image resized_;
};

}  // namespace pomona
