// SPDX-License-Identifier: Apache-2.0
#include "pomona/features/view_networks.h"

#include <algorithm>
#include <numeric>

namespace pomona {

ViewNetworks::ViewNetworks(const std::vector<View>& views, int size, const Make& make) {
  const std::vector<int> sizes = sizes_of_views(views, size);
  for (const int one : sizes) networks_.push_back(make(one));
  for (const View& view : views) {
    const auto at = std::ranges::find(sizes, view.size == 0 ? size : view.size);
    network_of_view_.push_back(static_cast<std::size_t>(at - sizes.begin()));
  }
}

std::vector<std::size_t> ViewNetworks::every_view() const {
  std::vector<std::size_t> numbers(views());
  std::iota(numbers.begin(), numbers.end(), std::size_t{0});
  return numbers;
}

}  // namespace pomona
