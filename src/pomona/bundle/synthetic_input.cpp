// SPDX-License-Identifier: Apache-2.0
// Value noise: random numbers on the corners of a grid, smoothly interpolated between them, summed
// over grids from coarse to fine with weights that fall. Everything in integers.
#include "pomona/bundle/synthetic_input.h"

#include <array>
#include <cstddef>

#include "pomona/base/random.h"

namespace pomona {
namespace {

constexpr std::uint64_t kOne = 1 << 16;  // of positions and fractions

struct Octave {
  std::uint64_t cells;   // along a side
  std::uint64_t weight;  // of 16
};
constexpr std::array<Octave, 4> kOctaves = {{{2, 7}, {5, 5}, {13, 3}, {32, 1}}};

// One coordinate on a grid: the cell it lies in, and where in it, eased at both ends.
struct GridPosition {
  std::uint64_t cell;
  std::uint64_t fraction;
};

GridPosition grid_position(std::uint64_t pixel, std::uint64_t size, std::uint64_t cells) {
  const std::uint64_t position = (2 * pixel + 1) * cells * kOne / (2 * size);
  const std::uint64_t f = position % kOne;
  return {position / kOne, f * f / kOne * (3 * kOne - 2 * f) / kOne};
}

std::uint64_t between(std::uint64_t a, std::uint64_t b, std::uint64_t fraction) {
  return (a * (kOne - fraction) + b * fraction) / kOne;
}

// Adds one octave of one channel to `sums`, size × size.
void add_octave(std::uint64_t seed, const Octave& octave, std::uint64_t size,
                std::vector<std::uint64_t>& sums) {
  Random random(seed);
  const std::uint64_t side = octave.cells + 1;
  std::vector<std::uint64_t> corners(side * side);
  for (std::uint64_t& corner : corners) corner = random.below(256);
  for (std::uint64_t y = 0; y < size; ++y) {
    const GridPosition row = grid_position(y, size, octave.cells);
    const std::uint64_t* const above = &corners[row.cell * side];
    for (std::uint64_t x = 0; x < size; ++x) {
      const GridPosition column = grid_position(x, size, octave.cells);
      const std::uint64_t* const corner = above + column.cell;
      const std::uint64_t top = between(corner[0], corner[1], column.fraction);
      const std::uint64_t bottom = between(corner[side], corner[side + 1], column.fraction);
      sums[y * size + x] += octave.weight * between(top, bottom, row.fraction);
    }
  }
}

}  // namespace

std::vector<std::uint8_t> synthetic_input(std::uint64_t seed, int size) {
  const auto side = static_cast<std::uint64_t>(size);
  std::vector<std::uint8_t> pixels(side * side * 3);
  for (std::uint64_t channel = 0; channel < 3; ++channel) {
    std::vector<std::uint64_t> sums(side * side);
    for (std::uint64_t octave = 0; octave < kOctaves.size(); ++octave) {
      const std::uint64_t octave_seed = (seed * 3 + channel) * kOctaves.size() + octave;
      add_octave(octave_seed, kOctaves[octave], side, sums);
    }
    for (std::size_t i = 0; i < sums.size(); ++i) {
      pixels[i * 3 + channel] = static_cast<std::uint8_t>(sums[i] / 16);
    }
  }
  return pixels;
}

}  // namespace pomona
