// SPDX-License-Identifier: Apache-2.0
// Sets of rows that are joined two by two (union-find). Used by one thread at a time.
#pragma once

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <numeric>
#include <vector>

namespace pomona {

// Each set is known by its first row.
class LinkedRows {
 public:
  explicit LinkedRows(std::size_t rows) : above_(rows) {
    std::iota(above_.begin(), above_.end(), 0);
  }

  std::int32_t first_of(std::size_t row) {
    auto at = static_cast<std::int32_t>(row);
    while (above(at) != at) at = above(at) = above(above(at));
    return at;
  }
  void link(std::size_t a, std::size_t b) {
    const std::int32_t one = first_of(a);
    const std::int32_t other = first_of(b);
    above(std::max(one, other)) = std::min(one, other);
  }

 private:
  std::int32_t& above(std::int32_t row) { return above_[static_cast<std::size_t>(row)]; }

  std::vector<std::int32_t> above_;
};

}  // namespace pomona
