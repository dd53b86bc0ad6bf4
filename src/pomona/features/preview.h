// SPDX-License-Identifier: Apache-2.0
// A photograph as the network saw it, on 48 × 48 pixels.
#pragma once

#include <cstddef>
#include <cstdint>
#include <span>

#include "pomona/image/image.h"
#include "pomona/image/resize.h"

namespace pomona {

inline constexpr int kPreviewSide = 48;
inline constexpr std::size_t kPreviewBytes = std::size_t{3} * kPreviewSide * kPreviewSide;

// Shrinks what the network saw. One per thread.
class PreviewMaker {
 public:
  // 48 × 48 RGB; valid until the next call.
  std::span<const std::uint8_t> make(const Image& picture);

 private:
  Resizer resizer_;
  Image small_;
};

}  // namespace pomona
