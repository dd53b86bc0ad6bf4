// SPDX-License-Identifier: Apache-2.0
// By how much a picture is reduced while it is decoded: 1, 2, 4 or 8. Any thread. Private to the
// module.
#pragma once

#include <cstdint>

namespace pomona {

// Larger pictures of PNG and WebP are reduced while their rows come. That changes a level here and
// there, so the many that are smaller keep the pixels that Pillow gives.
inline constexpr std::uint64_t kMostHeldPixels = 16'000'000;

// The largest that leaves the shorter side at least twice as long as target_side, so that resizing
// afterwards gives what it gives from the whole picture, but for rounding; at least as long where
// memory_at(scale), in bytes, would be too much. 1 where target_side is 0.
template <class MemoryAt>
int choose_decode_scale(std::uint64_t shorter_side, int target_side, std::uint64_t max_memory,
                        const MemoryAt& memory_at) {
  int scale = 1;
  if (target_side <= 0) return scale;
  const auto leaves = [&](std::uint64_t times) {
    return scale < 8 && shorter_side / (static_cast<std::uint64_t>(scale) * 2) >=
                            times * static_cast<std::uint64_t>(target_side);
  };
  while (leaves(2)) scale *= 2;
  while (leaves(1) && memory_at(scale) > max_memory) scale *= 2;
  return scale;
}

// A side of the reduced picture: what is left over at the end is a pixel too.
constexpr std::uint64_t reduced_side(std::uint64_t side, int scale) {
  const auto divisor = static_cast<std::uint64_t>(scale);
  return (side + divisor - 1) / divisor;
}

}  // namespace pomona
