// SPDX-License-Identifier: Apache-2.0
#include "pomona/features/feature_queue.h"

#include <algorithm>
#include <utility>

namespace pomona {

FeatureQueue::FeatureQueue(const CropNetworks& networks, std::vector<std::size_t> crops,
                           std::vector<std::size_t> slots)
    : networks_(networks),
      crops_(std::move(crops)),
      slots_(std::move(slots)),
      lanes_(networks.count()) {
  for (std::size_t i = 0; i < lanes_.size(); ++i) lanes_[i].network = &networks.network(i);
}

void FeatureQueue::use(std::vector<std::size_t> slots) {
  slots_ = std::move(slots);
  for (Lane& lane : lanes_) lane.filling.slot = 0;
}

std::span<float> FeatureQueue::add_row() {
  row_ = features_.size();
  features_.resize(row_ + row_width());
  return std::span(features_).subspan(row_);
}

std::span<float> FeatureQueue::input(std::size_t crop) {
  Lane& lane = lanes_[networks_.network_of(crop)];
  if (lane.computing.size() == slots_.size()) collect(lane);
  return lane.network->input(slots_[lane.filling.slot], lane.filling.places.size());
}

void FeatureQueue::push(std::size_t crop) {
  Lane& lane = lanes_[networks_.network_of(crop)];
  const auto column = static_cast<std::size_t>(std::ranges::find(crops_, crop) - crops_.begin());
  lane.filling.places.push_back(row_ + column * networks_.feature_count());
  if (lane.filling.places.size() < lane.network->batch()) return;
  submit(lane);
  // Who has a single slot shares the cores with others who have theirs: one core for each.
  if (slots_.size() == 1) collect(lane);
}

void FeatureQueue::add_row(const Image& image, Preprocessor& preprocessor) {
  add_row();
  for (const std::size_t crop : crops_) {
    preprocessor.fill(image, crop, input(crop));
    push(crop);
  }
}

std::vector<float> FeatureQueue::finish() {
  try {
    for (Lane& lane : lanes_) {
      if (!lane.filling.places.empty()) submit(lane);
    }
    for (Lane& lane : lanes_) {
      while (!lane.computing.empty()) collect(lane);
    }
  } catch (...) {
    abandon();
    throw;
  }
  return std::exchange(features_, {});
}

void FeatureQueue::abandon() noexcept {
  for (Lane& lane : lanes_) {
    for (const Batch& batch : lane.computing) {
      try {
        lane.network->collect(slots_[batch.slot]);
      } catch (...) {  // NOLINT(bugprone-empty-catch)
        // The rows are dropped, and what ended them is reported.
      }
    }
    lane.computing.clear();
    lane.filling.slot = 0;
    lane.filling.places.clear();
  }
  features_.clear();
}

void FeatureQueue::submit(Lane& lane) {
  const std::size_t slot = lane.filling.slot;
  lane.network->submit(slots_[slot]);
  ++counts_.batches;
  counts_.inputs += lane.filling.places.size();
  const std::size_t next = (slot + 1) % slots_.size();
  lane.computing.push_back(std::exchange(lane.filling, {.slot = next, .places = {}}));
}

void FeatureQueue::collect(Lane& lane) {
  const Batch oldest = std::move(lane.computing.front());
  lane.computing.pop_front();  // also where it fails: it is under way no longer
  const MatrixView<const float> made = lane.network->collect(slots_[oldest.slot]);
  for (std::size_t i = 0; i < oldest.places.size(); ++i) {
    std::ranges::copy(made.row(i), features_.data() + oldest.places[i]);
  }
}

}  // namespace pomona
