// SPDX-License-Identifier: Apache-2.0
// Features to the probabilities of labels, as the chain of a bundle computes them. Any thread.
#pragma once

#include "pomona/base/matrix.h"
#include "pomona/bundle/bundle.h"

namespace pomona {

// rows × feature_count → rows × labels: scaler, PCA and classifier of the bundle, probabilities
// calibrated.
Matrix<double> classify_features(const Bundle& bundle, MatrixView<const float> features);

}  // namespace pomona
