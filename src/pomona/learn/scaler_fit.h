// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "pomona/learn/moments.h"
#include "pomona/learn/scaler.h"

namespace pomona {

// with_std = false (pomona run --no-scale) centres only. Throws invalid_input when no row was seen.
Scaler fit_scaler(const Moments& moments, bool with_std);

}  // namespace pomona
