// SPDX-License-Identifier: Apache-2.0
// Noise that is smooth at one scale: random values on a grid with sides of 1, and in between what
// leads smoothly from one to the other. Private to the module. Any thread.
#pragma once

#include <cstdint>

namespace pomona {

class ValueNoise {
 public:
  explicit ValueNoise(std::uint64_t seed)
      : seed_(static_cast<std::uint32_t>(seed ^ (seed >> 32U))) {}

  // In [0, 1].
  float at(float x, float y) const {
    const std::int32_t column = whole_below(x);
    const std::int32_t line = whole_below(y);
    const float right = eased(x - static_cast<float>(column));
    const float down = eased(y - static_cast<float>(line));
    const float upper = mixed(value(column, line), value(column + 1, line), right);
    const float lower = mixed(value(column, line + 1), value(column + 1, line + 1), right);
    return mixed(upper, lower, down);
  }
  // Octaves of it, each at twice the scale and half the height of the one before. In [0, 1].
  float cloud(float x, float y, int octaves) const {
    float sum = 0;
    float height = 1;
    float heights = 0;
    for (int octave = 0; octave < octaves; ++octave) {
      sum += height * at(x, y);
      heights += height;
      height /= 2;
      x = 2 * x + 17;
      y = 2 * y + 43;
    }
    return sum / heights;
  }

 private:
  // std::floor is a call of a function on processors of the oldest kind that we build for.
  static std::int32_t whole_below(float value) {
    const auto whole = static_cast<std::int32_t>(value);
    return static_cast<float>(whole) > value ? whole - 1 : whole;
  }
  static float eased(float t) { return t * t * (3 - 2 * t); }
  static float mixed(float from, float to, float share) { return from + (to - from) * share; }
  float value(std::int32_t column, std::int32_t line) const {
    std::uint32_t hash = static_cast<std::uint32_t>(column) * 0x9E3779B1U ^
                         static_cast<std::uint32_t>(line) * 0x85EBCA77U ^ seed_;
    hash = (hash ^ (hash >> 15U)) * 0x2C1B3C6DU;
    hash = (hash ^ (hash >> 12U)) * 0x297A2D39U;
    hash ^= hash >> 15U;
    return static_cast<float>(hash >> 8U) * 0x1.0p-24F;
  }

  std::uint32_t seed_;
};

}  // namespace pomona
