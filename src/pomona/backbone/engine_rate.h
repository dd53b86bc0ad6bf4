// SPDX-License-Identifier: Apache-2.0
// Measures how many pictures a second the network alone processes. Each call is for one thread,
// with a thread for each slot.
#pragma once

#include "pomona/backbone/featurizer.h"

namespace pomona {

// Pictures a second through the network alone: ready inputs, every slot always busy, for about
// `seconds` after one round to warm up. The featurizer must be otherwise unused.
double measure_engine_rate(Featurizer& featurizer, double seconds);

}  // namespace pomona
