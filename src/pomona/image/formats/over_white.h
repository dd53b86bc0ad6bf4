// SPDX-License-Identifier: Apache-2.0
// Composes pixels that are partly transparent over white. Any thread. Private to the module.
#pragma once

#include <cstdint>

namespace pomona {

// rgba: width × 4 bytes, alpha not multiplied in; rgb: width × 3. They may begin at one place.
void compose_over_white(const std::uint8_t* rgba, int width, std::uint8_t* rgb);

}  // namespace pomona
