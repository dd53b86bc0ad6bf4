// SPDX-License-Identifier: Apache-2.0
// From the filled inputs of photographs' views to rows of features. Inputs wait until a batch of
// their size is full; of several slots each computes while the next is filled.
#pragma once

#include <cstddef>
#include <deque>
#include <span>
#include <vector>

#include "pomona/features/preprocess.h"
#include "pomona/features/view_networks.h"

namespace pomona {

struct SlotRange {
  std::size_t first = 0;
  std::size_t count = 1;
};

// Used by one thread, which alone uses its slots of the networks meanwhile.
class FeatureQueue {
 public:
  // Rows of `views` of those that the networks are for, in this order.
  FeatureQueue(const ViewNetworks& networks, std::vector<std::size_t> views, SlotRange slots);

  std::size_t row_width() const { return views_.size() * networks_.feature_count(); }
  void reserve(std::size_t rows) { features_.reserve(rows * row_width()); }

  // Begins a row. What is known already may be written to it, before the next row begins;
  // otherwise every view is to be filled, in any order:
  std::span<float> add_row();
  // the input of a view of the row begun last,
  std::span<float> input(std::size_t view);
  // which is now filled. No other input may be asked for between the two.
  void push(std::size_t view);

  // The three of them for all its views; the preprocessor is for all views of the networks.
  void add_row(const Image& image, Preprocessor& preprocessor);

  // Waits; rows × (views × feature_count) of all rows begun. The next row is the first of others.
  std::vector<float> finish();

 private:
  struct Batch {
    std::size_t slot = 0;             // from 0 to slots_.count
    std::vector<std::size_t> places;  // where in features_ the features of each of its rows go
  };
  struct Lane {
    Featurizer* network = nullptr;
    Batch filling;
    std::deque<Batch> computing;  // oldest first
  };
  void submit(Lane& lane);
  void collect(Lane& lane);

  const ViewNetworks& networks_;
  std::vector<std::size_t> views_;
  SlotRange slots_;
  std::vector<Lane> lanes_;  // one a network
  std::vector<float> features_;
  std::size_t row_ = 0;  // where in features_ the row begun last begins
};

}  // namespace pomona
