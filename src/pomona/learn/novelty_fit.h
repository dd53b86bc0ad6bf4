// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <stop_token>

#include "pomona/learn/classifier_fit.h"
#include "pomona/learn/novelty.h"

namespace pomona {

// Centres are the weighted means of the classes; the spread is the weighted covariance about them,
// shrunk towards its mean variance in all directions by `shrinkage` in (0, 1], so that directions
// that few rows hardly use do not count beyond measure. Throws invalid_input for a class without
// rows, interrupted when stopped.
Novelty fit_novelty(const TrainingRows& rows, double shrinkage, const std::stop_token& stop);

}  // namespace pomona
