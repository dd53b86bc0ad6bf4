// SPDX-License-Identifier: Apache-2.0
// The output layer of a backbone: what its own classes, those it was trained on, make of features.
// It is affine, so it is read off the network once and is plain numbers afterwards. Any thread.
#pragma once

#include <cstddef>
#include <vector>

#include "pomona/backbone/backbone.h"
#include "pomona/base/matrix.h"

namespace pomona {

class LogitsHead {
 public:
  // Throws invalid_input for a backbone whose logits were not kept, are not made of its features
  // alone, or are no sums of weighted features, as behind a softmax; corrupt when the network
  // cannot be read.
  explicit LogitsHead(const Backbone& backbone);

  std::size_t logit_count() const { return weights_.rows(); }
  // logits × features
  const Matrix<float>& weights() const { return weights_; }
  // rows × feature_count → rows × logit_count, sums in float32. The bits of a row do not depend on
  // the others.
  void logits(MatrixView<const float> features, MatrixView<float> logits) const;

 private:
  Matrix<float> weights_;
  std::vector<float> bias_;  // one a logit
};

}  // namespace pomona
