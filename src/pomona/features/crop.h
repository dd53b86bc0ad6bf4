// SPDX-License-Identifier: Apache-2.0
// A part of a photograph as the network sees it: the whole or its middle, mirrored or not, at the
// size of all crops or at one of its own. A model trains on every crop of a photograph (multi-crop
// training) and predicts from the mean of their features (test-time augmentation). How a crop that
// is not square becomes square is another question: image/fit.h, whose Fit::kCrop cuts the ends of
// the longer side. Any thread.
#pragma once

#include <string>
#include <string_view>
#include <vector>

namespace pomona {

struct Crop {
  int percent = 100;  // of both sides, about the middle
  bool flip = false;  // left and right exchanged
  int size = 0;       // side of the network's input for it; 0: the one set for all

  bool operator==(const Crop&) const = default;
};

// "whole", "flip", "center75", "center75-flip"; with a size of its own "flip@224".
std::string crop_name(const Crop& crop);
// Throws invalid_input unless it is such a name, the percentage from 10 to 99, the size from 16 to
// 4096.
Crop crop_from_name(std::string_view name);

// More would cost more than they gain.
inline constexpr std::size_t kMostCrops = 64;

// The same for several. Throws invalid_input also where one is named twice, for more than
// kMostCrops, and unless the first is the whole: previews are made of it.
std::vector<std::string> crop_names(const std::vector<Crop>& crops);
std::vector<Crop> crops_from_names(const std::vector<std::string>& names);

// Each is the network once more in memory.
inline constexpr std::size_t kMostSizes = 4;

// The sides of the network's input that crops need, where `size` is the one set for all: it
// first, then the others as they come. Throws invalid_input for more than kMostSizes, and where a
// crop is another's double at `size`.
std::vector<int> sizes_of_crops(const std::vector<Crop>& crops, int size);

}  // namespace pomona
