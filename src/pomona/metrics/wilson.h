// SPDX-License-Identifier: Apache-2.0
// Wilson's score interval of a share. Any thread.
#pragma once

#include <cstdint>

#include "pomona/metrics/metrics.h"

namespace pomona {

// The 95 % interval (Wilson 1927) of a share, in [0, 1], seen in `units` independent draws: what
// was drawn where rows lie in groups are the groups. Of one right answer of one 20.7 % to 100 %.
// Throws invalid_input for another share, or no units.
Interval wilson_interval(double share, std::uint64_t units);

}  // namespace pomona
