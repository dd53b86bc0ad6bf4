// SPDX-License-Identifier: Apache-2.0
// For tests only: a network's input that is noise, the same for the same seed. Any thread.
#pragma once

#include <cstdint>
#include <span>

#include "pomona/base/random.h"

namespace pomona {

inline void fill_random_input(std::uint64_t seed, std::span<float> input) {
  Random random(seed);
  for (float& value : input) value = static_cast<float>(random.uniform() * 2 - 1);
}

}  // namespace pomona
