// SPDX-License-Identifier: Apache-2.0
#include "pomona/features/crop_networks.h"

#include <algorithm>
#include <numeric>

namespace pomona {

CropNetworks::CropNetworks(const std::vector<Crop>& crops, int size, const Make& make) {
  const std::vector<int> sizes = sizes_of_crops(crops, size);
  for (const int one : sizes) networks_.push_back(make(one));
  for (const Crop& crop : crops) {
    const auto at = std::ranges::find(sizes, crop.size == 0 ? size : crop.size);
    network_of_crop_.push_back(static_cast<std::size_t>(at - sizes.begin()));
  }
}

std::vector<std::size_t> CropNetworks::every_crop() const {
  std::vector<std::size_t> numbers(crops());
  std::iota(numbers.begin(), numbers.end(), std::size_t{0});
  return numbers;
}

}  // namespace pomona
