// SPDX-License-Identifier: Apache-2.0
// Small pictures kept for the report and for the control that looks at pixels alone.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>

#include "pomona/image/image.h"
#include "pomona/image/jpeg_encode.h"
#include "pomona/image/resize.h"

namespace pomona {

struct Thumbnail {
  std::string pixels;  // 16 × 16 × 3 bytes
  std::string jpeg;    // 48 × 48, without metadata
};

// One per thread.
class ThumbnailMaker {
 public:
  Thumbnail make(const Image& picture);

 private:
  Resizer resizer_;
  JpegEncoder encoder_;
  Image small_;
  Image tiny_;
};

// Which photographs have one: all of a run up to 50,000, a share chosen by a hash of their paths
// above.
class ThumbnailChoice {
 public:
  ThumbnailChoice(bool wanted, std::uint64_t photograph_count);
  bool includes(std::string_view path) const;

 private:
  std::uint64_t threshold_;
};

}  // namespace pomona
