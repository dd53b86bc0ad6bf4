// SPDX-License-Identifier: Apache-2.0
// Which rows of a picture are lost to damage. One file at a time. Private to the module. One per
// thread.
#pragma once

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <vector>

namespace pomona {

// Rows are of blocks, such as libjpeg decodes at a time.
class LostRows {
 public:
  void begin(std::size_t rows) {
    lost_.assign(rows, 0);
    count_ = 0;
  }
  // [first, last); what lies beyond the picture is left out. Allocates nothing and does not throw.
  void add(std::size_t first, std::size_t last) {
    for (std::size_t row = first; row < std::min(last, lost_.size()); ++row) {
      count_ += lost_[row] == 0 ? 1U : 0U;
      lost_[row] = 1;
    }
  }
  void add_all() { add(0, lost_.size()); }

  // 0 to 1.
  double share() const {
    return lost_.empty() ? 0 : static_cast<double>(count_) / static_cast<double>(lost_.size());
  }

 private:
  std::vector<std::uint8_t> lost_;
  std::size_t count_ = 0;
};

}  // namespace pomona
