// SPDX-License-Identifier: Apache-2.0
// The noise of a sensor.
#pragma once

#include <cstdint>

#include "pomona/compose/canvas.h"

namespace pomona {

// Adds normally distributed noise to every channel, half of it the same for the three of a pixel.
// `deviation`: in middle grey, as a share of white; brighter levels have up to a half more, darker
// ones less, as counts of photons do. The same seed gives the same noise. Any thread.
void add_grain(double deviation, std::uint64_t seed, Canvas& canvas);

}  // namespace pomona
