// SPDX-License-Identifier: Apache-2.0
// One backbone at every size that the crops of a photograph need. Several threads may use it at
// once, each with slots of its own.
#pragma once

#include <cstddef>
#include <functional>
#include <memory>
#include <vector>

#include "pomona/backbone/featurizer.h"
#include "pomona/features/crop.h"

namespace pomona {

class CropNetworks {
 public:
  using Make = std::function<std::unique_ptr<Featurizer>(int size)>;

  // `size`: of crops that name no other. What `make` makes must have the same batch, slots and
  // features at every size. Throws what sizes_of_crops() and `make` do.
  CropNetworks(const std::vector<Crop>& crops, int size, const Make& make);

  std::size_t crops() const { return network_of_crop_.size(); }
  // Their numbers, from 0.
  std::vector<std::size_t> every_crop() const;
  // Networks, one a size, and which of them a crop is for.
  std::size_t count() const { return networks_.size(); }
  std::size_t network_of(std::size_t crop) const { return network_of_crop_[crop]; }
  Featurizer& network(std::size_t number) const { return *networks_[number]; }

  std::size_t slots() const { return networks_.front()->slots(); }
  std::size_t feature_count() const { return networks_.front()->feature_count(); }

 private:
  std::vector<std::unique_ptr<Featurizer>> networks_;
  std::vector<std::size_t> network_of_crop_;
};

}  // namespace pomona
