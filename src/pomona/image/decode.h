// SPDX-License-Identifier: Apache-2.0
// From a file's bytes to upright RGB pixels, whatever the format; told by content, never by name.
//
// JPEG, PNG and WebP are decoded. EXIF orientation is applied; grey, palette and CMYK become RGB;
// alpha is composed over white; of an animation the first frame counts. Everything else that is an
// image has a named failure. Limits are checked against headers before pixels are decoded.
#pragma once

#include <cstdint>
#include <memory>
#include <string>
#include <string_view>

#include "pomona/base/expected.h"
#include "pomona/image/image.h"

namespace pomona {

enum class ImageFormat {
  kNone,
  kJpeg,
  kPng,
  kWebp,
  kGif,
  kBmp,
  kTiff,
  kHeif,
  kAvif,
  kJxl,
  kJpeg2000
};

// By the first bytes (64 are enough); kNone when they are of no image format we know of.
ImageFormat sniff_format(std::string_view bytes);
// "JPEG", "HEIC", …; "" for kNone.
std::string_view image_format_name(ImageFormat format);

enum class DecodeFailureKind {
  kUnsupportedFormat,  // an image by its bytes, of a format not decoded here
  kTooLarge,           // beyond a limit; nothing was decoded
  kCorrupt,            // the bytes do not follow their format
  kTruncated,          // they end early
};
// "unsupported_format", "too_large", "corrupt", "truncated": as in failures.csv.
std::string_view decode_failure_name(DecodeFailureKind kind);

struct DecodeFailure {
  DecodeFailureKind kind = DecodeFailureKind::kCorrupt;
  std::string message;  // what was expected and found; never any content of the file
};

struct DecodeLimits {
  std::uint64_t max_pixels = 100'000'000;          // width × height of the file
  std::uint64_t max_memory_bytes = 256ULL << 20U;  // what decoding may allocate
  int max_scans = 100;                             // of a progressive JPEG
};

struct DecodeOptions {
  DecodeLimits limits;
  // The picture will be reduced to this many pixels a side afterwards; a JPEG may then be decoded
  // at 1/2, 1/4 or 1/8 as long as both sides stay at least twice as long. 0: full size.
  int target_side = 0;
};

// Keeps the libraries' state and scratch memory, so that decoding stops allocating after the first
// few photographs. One per thread.
class Decoder {
 public:
  Decoder();
  ~Decoder();
  Decoder(Decoder&&) noexcept;
  Decoder& operator=(Decoder&&) noexcept;

  // Fills `image` or says why not; `image` is then unspecified. Never throws for what the bytes
  // hold.
  expected<void, DecodeFailure> decode(std::string_view bytes, const DecodeOptions& options,
                                       Image& image);

 private:
  struct State;
  std::unique_ptr<State> state_;
};

}  // namespace pomona
