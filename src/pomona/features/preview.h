// SPDX-License-Identifier: Apache-2.0
// Previews: a photograph as the network saw it, as a JPEG of 48 × 48 pixels. The report shows them,
// the pixel baseline compares them.
#pragma once

#include <string>
#include <string_view>

#include "pomona/image/decode.h"
#include "pomona/image/image.h"
#include "pomona/image/jpeg_encode.h"
#include "pomona/image/resize.h"

namespace pomona {

inline constexpr int kPreviewSide = 48;

// Makes them of what the network saw. One per thread.
class PreviewMaker {
 public:
  // The bytes of a JPEG without metadata; valid until the next call.
  std::string_view make(const Image& picture);

 private:
  Resizer resizer_;
  Image small_;
  JpegEncoder encoder_{HuffmanTables::kStandard};
  std::string jpeg_;
};

// Reads them back. One per thread.
class PreviewDecoder {
 public:
  // False for anything but a JPEG of 48 × 48 pixels; `picture` is then unspecified.
  bool decode(std::string_view jpeg, Image& picture);

 private:
  Decoder decoder_;
};

}  // namespace pomona
