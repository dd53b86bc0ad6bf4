// SPDX-License-Identifier: Apache-2.0
// From a decoded picture to one row of the network's input: a crop of it, resized in the manner of
// `fit`, then (pixel - mean) / std_dev in the backbone's layout, written straight into the tensor.
#pragma once

#include <cstddef>
#include <span>
#include <vector>

#include "pomona/backbone/backbone.h"
#include "pomona/features/crop.h"
#include "pomona/image/resize.h"

namespace pomona {

// One per thread. `resized()` is the picture the network saw last, for previews and the pixel
// baseline.
class Preprocessor {
 public:
  // size: side of the network's input, of crops that name no other; need not be the backbone's own.
  Preprocessor(const BackboneSpec& spec, int size, Fit fit, std::vector<Crop> crops = {Crop()});

  std::size_t crops() const { return crops_.size(); }
  // The side a picture must at least be decoded at for the tightest crop to lose nothing.
  int decoded_side() const;
  // crop: 0 to crops(); input: 3 × size × size floats, of the crop's size.
  void fill(const Image& image, std::size_t crop, std::span<float> input);
  const Image& resized() const { return resized_; }

 private:
  BackboneSpec spec_;
  Fit fit_;
  std::vector<Crop> crops_;  // each with a size
  Resizer resizer_;
  Image resized_;
  Image scratch_;
};

}  // namespace pomona
