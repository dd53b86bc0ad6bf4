// SPDX-License-Identifier: Apache-2.0
// Small JPEGs for reports: no metadata of any kind is written.
#pragma once

#include <memory>
#include <string>

#include "pomona/image/image.h"

namespace pomona {

// One per thread; reuses its buffers.
class JpegEncoder {
 public:
  JpegEncoder();
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
