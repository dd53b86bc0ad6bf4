// SPDX-License-Identifier: Apache-2.0
// What is made of a photograph for the network: the whole of it or its middle, mirrored or not. A
// model learns from every view of a photograph, and answers for the mean of their features.
#pragma once

#include <string>
#include <string_view>
#include <vector>

namespace pomona {

struct View {
  int percent = 100;  // of both sides, about the middle
  bool flip = false;  // left and right exchanged

  bool operator==(const View&) const = default;
};

// "whole", "flip", "zoom75", "zoom75-flip".
std::string view_name(const View& view);
// Throws invalid_input unless it is such a name, the number from 10 to 99.
View view_from_name(std::string_view name);

// More would cost more than they tell.
inline constexpr std::size_t kMostViews = 64;

// The same for several. Throws invalid_input also where one is named twice, for more than
// kMostViews, and unless the first is the whole: small pictures are made of it.
std::vector<std::string> view_names(const std::vector<View>& views);
std::vector<View> views_from_names(const std::vector<std::string>& names);

}  // namespace pomona
