// SPDX-License-Identifier: Apache-2.0
#include "pomona/base/random.h"

#include <array>
#include <cstdio>
#include <random>

namespace pomona {
namespace {

std::uint64_t mix(std::uint64_t z) {
  z = (z ^ (z >> 30U)) * 0xBF58476D1CE4E5B9ULL;
  z = (z ^ (z >> 27U)) * 0x94D049BB133111EBULL;
  return z ^ (z >> 31U);
}

}  // namespace

std::uint64_t Random::next() {
  state_ += 0x9E3779B97F4A7C15ULL;
  return mix(state_);
}

std::uint64_t Random::below(std::uint64_t bound) {
  // Values under `skipped` would make small results likelier.
  const std::uint64_t skipped = (0 - bound) % bound;
  for (;;) {
    const std::uint64_t value = next();
    if (value >= skipped) return value % bound;
  }
}

double Random::uniform() { return static_cast<double>(next() >> 11U) * 0x1.0p-53; }

std::uint64_t hash_text(std::string_view text, std::uint64_t seed) {
  std::uint64_t hash = 0xCBF29CE484222325ULL ^ mix(seed);
  for (const char c : text) {
    hash ^= static_cast<unsigned char>(c);
    hash *= 0x100000001B3ULL;
  }
  return mix(hash);
}

std::string random_name() {
  std::random_device system;
  std::array<char, 17> text{};
  std::snprintf(text.data(), text.size(), "%08x%08x", system(), system());
  return text.data();
}

}  // namespace pomona
