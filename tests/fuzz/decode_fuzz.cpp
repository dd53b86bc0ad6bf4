// SPDX-License-Identifier: Apache-2.0
// Any bytes are a picture or a failure of pomona::Decoder, and never more. With clang:
//   clang++ -std=c++20 -g -O1 -fsanitize=fuzzer,address,undefined -Isrc tests/fuzz/decode_fuzz.cpp
//       src/pomona/image/{image_format,decode_failure,decode_limits,decode,orientation}.cpp
//       src/pomona/image/{filter_table,convolve,resize}.cpp
//       src/pomona/image/formats/{box_reducer,jpeg,jpeg_scans,over_white}.cpp
//       src/pomona/image/formats/{png,png_outline,png_text,webp}.cpp
//       src/pomona/base/{bounds,number_text}.cpp
//       -ljpeg -lpng -lz -lwebp -lwebpdemux -o build/decode_fuzz
//   build/decode_fuzz -max_total_time=60 -max_len=4096 build/corpus tests/golden/image
// New inputs are kept in the first folder.
#include <cstddef>
#include <cstdint>
#include <cstdlib>
#include <string_view>

#include "pomona/image/decode.h"
#include "pomona/image/resize.h"

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  static pomona::Decoder decoder;
  static pomona::Resizer resizer;
  static pomona::Image image;
  static pomona::Image resized;
  pomona::DecodeOptions options;
  options.limits.max_pixels = 1'000'000;
  options.limits.max_decode_memory = 16U << 20U;
  options.limits.max_damage = size % 3 == 0 ? 1 : 0;
  options.target_side = size % 2 == 0 ? 16 : 0;
  const std::string_view bytes(reinterpret_cast<const char*>(data), size);
  if (!decoder.decode(bytes, options, image)) return 0;
  if (image.width < 1 || image.height < 1) std::abort();
  resizer.fit(image, pomona::Fit::kPad, 16, pomona::ResizeFilter::kBicubic, resized);
  return 0;
}
