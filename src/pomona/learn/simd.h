// SPDX-License-Identifier: Apache-2.0
// For the few loops of this module whose speed hangs on vector code. Any thread.
#pragma once

#include <bit>
#include <cstdint>

// Compiles a function three times over and lets the program pick at start what the CPU can run.
// ThreadSanitizer cannot: the picking happens before it is ready.
#if defined(__x86_64__) && !defined(__SANITIZE_THREAD__)
#define POMONA_VECTOR_CLONES \
  __attribute__((target_clones("arch=x86-64-v4", "arch=x86-64-v3", "default")))
#else
#define POMONA_VECTOR_CLONES
#endif

namespace pomona {

// e to the power of x for x <= 0, within 2e-7 of the value; e^-87 for all below -87. Unlike
// std::exp a compiler can turn it into vector code. x = n ln 2 + r, with ln 2 in two parts so that
// r is exact; e^r by the polynomial of Cephes' expf (Moshier 1989), 2^n by the exponent bits.
inline float exp_of_negative(float x) {
  constexpr float kRounder = 12582912.0F;  // 1.5 · 2^23: adding it rounds to a whole number
  x = x < -87.0F ? -87.0F : x;
  const float shifted = x * 1.44269504F + kRounder;
  const std::int32_t n =
      std::bit_cast<std::int32_t>(shifted) - std::bit_cast<std::int32_t>(kRounder);
  const float whole = shifted - kRounder;
  const float r = (x - whole * 0.693359375F) + whole * 2.12194440e-4F;
  float p = 1.9875691500e-4F;
  p = p * r + 1.3981999507e-3F;
  p = p * r + 8.3334519073e-3F;
  p = p * r + 4.1665795894e-2F;
  p = p * r + 1.6666665459e-1F;
  p = p * r + 5.0000001201e-1F;
  p = p * r * r + r + 1.0F;
  return p * std::bit_cast<float>((n + 127) << 23);
}

}  // namespace pomona
