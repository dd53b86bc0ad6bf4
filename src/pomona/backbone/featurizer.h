// SPDX-License-Identifier: Apache-2.0
// Turns preprocessed pictures into features. Two implementations: OpenVINO, and a tiny one for
// tests.
//
// A featurizer has slots, each a tensor of `batch` rows with a result beside it. Whoever owns a
// slot fills rows in place, submits, and collects; different slots may be used from different
// threads at once, one slot by one thread at a time. The bits of a row do not depend on its place
// in the batch, on the other rows, or on how many slots and threads there are.
#pragma once

#include <cstddef>
#include <memory>
#include <span>
#include <string>

#include "pomona/backbone/backbone.h"
#include "pomona/base/matrix.h"

namespace pomona {

inline constexpr int kLargestSize = 4096;  // side of an input

struct FeaturizerOptions {
  int size = 0;  // side of the input; 0: the backbone's own
  Precision precision = Precision::kF32;
  int batch = 0;  // rows of a slot; 0: default_batch()
  std::size_t slots = 1;
  std::size_t threads = 1;  // that compute a slot together

  // Throws invalid_input that names the field.
  void check() const;
};

class Featurizer {
 public:
  virtual ~Featurizer() = default;

  virtual int size() const = 0;
  virtual std::size_t batch() const = 0;
  virtual std::size_t slots() const = 0;
  virtual std::size_t feature_count() const = 0;

  // The input of one row, 3 × size × size floats in the backbone's layout.
  virtual std::span<float> input(std::size_t slot, std::size_t row) = 0;
  // Has the slot computed; its inputs must not be touched until collect().
  virtual void submit(std::size_t slot) = 0;
  // Waits, or computes; batch × feature_count, valid until the next submit() of the slot.
  virtual MatrixView<const float> collect(std::size_t slot) = 0;
};

// Which batch is fastest at this size and precision, by the measurements noted in featurizer.cpp.
// A rule and not a measurement at start-up: another batch may change the last bits of the features.
// Whole batches of a network that takes a fixed number of pictures.
int default_batch(const BackboneSpec& spec, int size, Precision precision);

// Throws invalid_input for more pixels at once than memory bears.
void check_batch(int size, int batch);

}  // namespace pomona
