// SPDX-License-Identifier: Apache-2.0
#include "pomona/features/feature_queue.h"

#include <algorithm>
#include <utility>

namespace pomona {

FeatureQueue::FeatureQueue(const ViewNetworks& networks, std::vector<std::size_t> views,
                           SlotRange slots)
    : networks_(networks), views_(std::move(views)), slots_(slots), lanes_(networks.count()) {
  for (std::size_t i = 0; i < lanes_.size(); ++i) lanes_[i].network = &networks.network(i);
}

std::span<float> FeatureQueue::add_row() {
  row_ = features_.size();
  features_.resize(row_ + row_width());
  return std::span(features_).subspan(row_);
}

std::span<float> FeatureQueue::input(std::size_t view) {
  Lane& lane = lanes_[networks_.network_of(view)];
  if (lane.computing.size() == slots_.count) collect(lane);
  return lane.network->input(slots_.first + lane.filling.slot, lane.filling.places.size());
}

void FeatureQueue::push(std::size_t view) {
  Lane& lane = lanes_[networks_.network_of(view)];
  const auto column = static_cast<std::size_t>(std::ranges::find(views_, view) - views_.begin());
  lane.filling.places.push_back(row_ + column * networks_.feature_count());
  if (lane.filling.places.size() < lane.network->batch()) return;
  submit(lane);
  // Who has a single slot shares the cores with others who have theirs: one core for each.
  if (slots_.count == 1) collect(lane);
}

void FeatureQueue::add_row(const Image& image, Preprocessor& preprocessor) {
  add_row();
  for (const std::size_t view : views_) {
    preprocessor.fill(image, view, input(view));
    push(view);
  }
}

std::vector<float> FeatureQueue::finish() {
  for (Lane& lane : lanes_) {
    if (!lane.filling.places.empty()) submit(lane);
  }
  for (Lane& lane : lanes_) {
    while (!lane.computing.empty()) collect(lane);
  }
  return std::exchange(features_, {});
}

void FeatureQueue::submit(Lane& lane) {
  const std::size_t slot = lane.filling.slot;
  lane.network->submit(slots_.first + slot);
  const std::size_t next = (slot + 1) % slots_.count;
  lane.computing.push_back(std::exchange(lane.filling, {.slot = next, .places = {}}));
}

void FeatureQueue::collect(Lane& lane) {
  const Batch& oldest = lane.computing.front();
  const MatrixView<const float> made = lane.network->collect(slots_.first + oldest.slot);
  for (std::size_t i = 0; i < oldest.places.size(); ++i) {
    std::ranges::copy(made.row(i), features_.data() + oldest.places[i]);
  }
  lane.computing.pop_front();
}

}  // namespace pomona
