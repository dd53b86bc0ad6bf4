// SPDX-License-Identifier: Apache-2.0
// The length of a vector in the plane of an image. Any thread.
//
// Not std::hypot: sqrt is rounded correctly by every libm, so scenes are the same bytes everywhere,
// and hypot has a symbol version since glibc 2.35 that older systems lack.
#pragma once

#include <cmath>

namespace pomona {

inline double vector_length(double x, double y) { return std::sqrt(x * x + y * y); }

}  // namespace pomona
