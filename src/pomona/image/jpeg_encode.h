// SPDX-License-Identifier: Apache-2.0
// JPEGs of our own: no metadata of any kind is written.
#pragma once

#include <memory>
#include <string>

#include "pomona/image/image.h"

namespace pomona {

// kOptimal: made for each picture, which takes a second pass over it. kStandard: those of the JPEG
// standard; on 48 × 48 pixels five times as fast and a third larger, but pictures of one size then
// have the same header, of which a compressed table keeps one.
enum class HuffmanTables { kOptimal, kStandard };

// One per thread; reuses its buffers.
class JpegEncoder {
 public:
  explicit JpegEncoder(HuffmanTables tables = HuffmanTables::kOptimal);
  ~JpegEncoder();
  JpegEncoder(JpegEncoder&&) noexcept;
  JpegEncoder& operator=(JpegEncoder&&) noexcept;

  // quality in [1, 100]; 4:2:0. Replaces `bytes`.
  void encode(const Image& image, int quality, std::string& bytes);

 private:
  struct State;
  std::unique_ptr<State> state_;
};

}  // namespace pomona
