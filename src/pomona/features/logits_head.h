// SPDX-License-Identifier: Apache-2.0
// The last layer of a backbone: what its own classes, those it was trained on, make of features.
#pragma once

#include <cstddef>
#include <memory>

#include "pomona/base/matrix.h"
#include "pomona/features/backbone.h"

namespace pomona {

// Always in float32. Used by one thread at a time.
class LogitsHead {
 public:
  // Throws invalid_input for a backbone whose logits were not kept, or are not made of its features
  // alone; corrupt when the network cannot be read.
  explicit LogitsHead(const Backbone& backbone);
  ~LogitsHead();
  LogitsHead(LogitsHead&&) noexcept;
  LogitsHead& operator=(LogitsHead&&) noexcept;

  std::size_t logit_count() const;
  // rows × feature_count → rows × logit_count. The bits of a row do not depend on the others.
  void logits(MatrixView<const float> features, MatrixView<float> logits);
  // logits × features: what features are multiplied by, read off from what the layer makes of each
  // alone. Throws invalid_input where logits are no sums of weighted features, as behind a softmax.
  Matrix<float> weights();

 private:
  struct State;
  std::unique_ptr<State> state_;
};

}  // namespace pomona
