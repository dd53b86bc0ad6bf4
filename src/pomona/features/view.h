// SPDX-License-Identifier: Apache-2.0
// What is made of a photograph for the network: the whole of it or its middle, mirrored or not, at
// the size of all or at one of its own. A model learns from every view of a photograph, and answers
// for the mean of their features.
#pragma once

#include <string>
#include <string_view>
#include <vector>

namespace pomona {

struct View {
  int percent = 100;  // of both sides, about the middle
  bool flip = false;  // left and right exchanged
  int size = 0;       // side of the network's input for it; 0: as told for all

  bool operator==(const View&) const = default;
};

// "whole", "flip", "zoom75", "zoom75-flip"; with a size of its own "flip@224".
std::string view_name(const View& view);
// Throws invalid_input unless it is such a name, the percentage from 10 to 99, the size from 16 to
// 4096.
View view_from_name(std::string_view name);

// More would cost more than they tell.
inline constexpr std::size_t kMostViews = 64;

// The same for several. Throws invalid_input also where one is named twice, for more than
// kMostViews, and unless the first is the whole: previews are made of it.
std::vector<std::string> view_names(const std::vector<View>& views);
std::vector<View> views_from_names(const std::vector<std::string>& names);

// Each is the network once more in memory.
inline constexpr std::size_t kMostSizes = 4;

// The sides of the network's input that views need, where `size` is that told for all: it first,
// then the others as they come. Throws invalid_input for more than kMostSizes, and where a view is
// another's double at `size`.
std::vector<int> sizes_of_views(const std::vector<View>& views, int size);

}  // namespace pomona
