// SPDX-License-Identifier: Apache-2.0
// Random draws for synthetic scenes, in words. Private to the module. One per thread.
#pragma once

#include <cstddef>
#include <span>

#include "pomona/base/random.h"

namespace pomona {

class RandomDraw {
 public:
  explicit RandomDraw(Random& random) : random_(random) {}

  double between(double low, double high) { return low + (high - low) * random_.uniform(); }
  // From -most to most, more often near 0.
  double around_zero(double most) { return most * (random_.uniform() + random_.uniform() - 1); }
  bool happens(double share) { return random_.uniform() < share; }
  int whole(int low, int high) {
    return low + static_cast<int>(random_.below(static_cast<std::uint64_t>(high - low + 1)));
  }
  template <class Things>
  auto& one_of(const Things& things) {
    return things[static_cast<std::size_t>(random_.below(std::size(things)))];
  }
  std::uint64_t seed() { return random_.next(); }

 private:
  Random& random_;
};

}  // namespace pomona
