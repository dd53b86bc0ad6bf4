// SPDX-License-Identifier: Apache-2.0
// Synthetic pictures for the self-check of a bundle. Any thread.
#pragma once

#include <cstdint>
#include <vector>

namespace pomona {

// A picture that is nobody's photograph: size × size × 3 bytes of RGB, smooth coloured clouds with
// some fine structure, a different one for each seed. Integer arithmetic alone, so that every
// machine gets the same bytes.
std::vector<std::uint8_t> synthetic_input(std::uint64_t seed, int size);

}  // namespace pomona
