// SPDX-License-Identifier: Apache-2.0
// From the filled inputs of photographs' crops to rows of features. Inputs wait until a batch of
// their size is full; of several slots each computes while the next is filled.
#pragma once

#include <cstddef>
#include <cstdint>
#include <deque>
#include <span>
#include <vector>

#include "pomona/features/crop_networks.h"
#include "pomona/features/preprocess.h"

namespace pomona {

// Used by one thread, which alone uses its slots of the networks meanwhile. Survives an exception:
// what is under way is waited for, so that whoever uses the slots next finds them idle.
class FeatureQueue {
 public:
  // Rows of `crops` of those that the networks are for, in this order.
  FeatureQueue(const CropNetworks& networks, std::vector<std::size_t> crops,
               std::vector<std::size_t> slots);
  ~FeatureQueue() { abandon(); }
  FeatureQueue(const FeatureQueue&) = delete;
  FeatureQueue& operator=(const FeatureQueue&) = delete;

  // Other slots from now on. No row may be begun.
  void use(std::vector<std::size_t> slots);

  std::size_t row_width() const { return crops_.size() * networks_.feature_count(); }
  void reserve(std::size_t rows) { features_.reserve(rows * row_width()); }

  // Begins a row. What is known already may be written to it, before the next row begins;
  // otherwise every crop is to be filled, in any order:
  std::span<float> add_row();
  // the input of a crop of the row begun last,
  std::span<float> input(std::size_t crop);
  // which is now filled. No other input may be asked for between the two.
  void push(std::size_t crop);

  // The three of them for all its crops; the preprocessor is for all crops of the networks.
  void add_row(const Image& image, Preprocessor& preprocessor);

  // Waits; rows × (crops × feature_count) of all rows begun. The next row is the first of others.
  // Throws what a network throws; all rows are then dropped.
  std::vector<float> finish();
  // Drops the rows begun since, and waits for what is under way. Nothing to do is no error.
  void abandon() noexcept;

  // Batches submitted so far, and the inputs in them: full batches hold batch() inputs each.
  struct Counts {
    std::uint64_t batches = 0;
    std::uint64_t inputs = 0;
  };
  const Counts& counts() const { return counts_; }

 private:
  struct Batch {
    std::size_t slot = 0;             // index into slots_
    std::vector<std::size_t> places;  // where in features_ the features of each of its rows go
  };
  struct Lane {
    Featurizer* network = nullptr;
    Batch filling;
    std::deque<Batch> computing;  // oldest first
  };
  void submit(Lane& lane);
  void collect(Lane& lane);

  const CropNetworks& networks_;
  std::vector<std::size_t> crops_;
  std::vector<std::size_t> slots_;
  std::vector<Lane> lanes_;  // one a network
  std::vector<float> features_;
  std::size_t row_ = 0;  // where in features_ the row begun last begins
  Counts counts_;
};

}  // namespace pomona
