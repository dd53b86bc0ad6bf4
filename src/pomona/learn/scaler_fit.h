// SPDX-License-Identifier: Apache-2.0
// Fitting a standard scaler from moments. Any thread.
#pragma once

#include "pomona/learn/moments.h"
#include "pomona/learn/scaler.h"

namespace pomona {

// with_std = false centres only. Throws invalid_input when no row was seen.
Scaler fit_scaler(const Moments& moments, bool with_std);

}  // namespace pomona
