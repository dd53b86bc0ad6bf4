// SPDX-License-Identifier: Apache-2.0
// Random numbers that are the same on every machine and library: SplitMix64 (Steele, Lea, Flood
// 2014). Random: each thread has its own. The functions: any thread.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>

namespace pomona {

class Random {
 public:
  explicit Random(std::uint64_t seed) : state_(seed) {}

  std::uint64_t next();
  // Uniform in [0, bound), bound > 0, without bias.
  std::uint64_t below(std::uint64_t bound);
  double uniform();  // in [0, 1)

 private:
  std::uint64_t state_;
};

// 16 hexadecimal digits that no other process has, from the system's own randomness.
std::string random_name();

// A number for a text and a seed: assigns things at random without an order (FNV-1a, mixed).
std::uint64_t hash_text(std::string_view text, std::uint64_t seed);

}  // namespace pomona
