// SPDX-License-Identifier: Apache-2.0
// Photographs as 48 × 48 pixels, on local disk while a run lasts. At its end the pixel baseline
// compares them, and those that the report shows are encoded. (Encoding each of them in passing
// took a tenth of extraction.)
#pragma once

#include <cstddef>
#include <cstdint>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "pomona/base/row_file.h"
#include "pomona/features/preview.h"
#include "pomona/image/image.h"

namespace pomona {

// Which photographs are kept so: all of a run up to 50,000, a share chosen by a hash of their paths
// above. Any thread.
class SmallPictureChoice {
 public:
  explicit SmallPictureChoice(std::uint64_t photograph_count);
  bool includes(std::string_view path) const;

 private:
  std::uint64_t threshold_;
};

// One thread appends; afterwards any number may read.
class SmallPictures {
 public:
  // `scratch_folder` as for RowFile.
  explicit SmallPictures(const std::string& scratch_folder);

  // `row`: number of the photograph in the feature table, ascending.
  void append(std::size_t row, std::span<const std::uint8_t> picture);

  const std::vector<std::size_t>& rows() const { return rows_; }
  // The picture of rows()[index].
  void read(std::size_t index, Image& picture) const;

 private:
  BasicRowFile<std::uint8_t> file_;
  std::vector<std::size_t> rows_;
};

}  // namespace pomona
