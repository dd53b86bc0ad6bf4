// SPDX-License-Identifier: Apache-2.0
// Which photographs of a run have a preview, and the previews of some rows in memory.
#pragma once

#include <cstddef>
#include <cstdint>
#include <string_view>
#include <vector>

#include "pomona/base/scratch_memory.h"

namespace pomona {

// All photographs of a run up to 50,000, a share chosen by a hash of their paths above. Any thread.
class PreviewChoice {
 public:
  explicit PreviewChoice(std::uint64_t photograph_count);
  bool includes(std::string_view path) const;

 private:
  std::uint64_t threshold_;
};

// Previews, in scratch memory. One thread appends; afterwards any number may read.
class Previews {
 public:
  // `row`: the number of the photograph in some table.
  void append(std::size_t row, std::string_view jpeg);

  const std::vector<std::size_t>& rows() const { return rows_; }
  // The preview of rows()[index].
  std::string_view jpeg(std::size_t index) const;

 private:
  ScratchVector<char> bytes_;
  std::vector<std::size_t> ends_;  // in bytes_
  std::vector<std::size_t> rows_;
};

}  // namespace pomona
