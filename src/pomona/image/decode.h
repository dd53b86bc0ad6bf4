// SPDX-License-Identifier: Apache-2.0
// From a file's bytes to upright RGB pixels, whatever the format; told by content, never by name.
//
// JPEG, PNG and WebP are decoded. EXIF orientation is applied; grey, palette and CMYK become RGB;
// alpha is composed over white; of an animation the first frame counts. Everything else that is an
// image has a named failure. Limits are checked against headers before pixels are decoded.
//
// A file that ends before its picture does is truncated; a JPEG or PNG that is whole but for its
// end mark is decoded. A JPEG about which libjpeg-turbo warns is damaged: a failure, or a picture
// with the share that is lost where limits.max_damage allows it.
#pragma once

#include <memory>
#include <string_view>

#include "pomona/base/expected.h"
#include "pomona/image/decode_failure.h"
#include "pomona/image/decode_limits.h"
#include "pomona/image/image.h"
#include "pomona/image/image_format.h"

namespace pomona {

struct DecodeOptions {
  DecodeLimits limits;
  // The picture will be reduced to this many pixels a side afterwards; a JPEG, and a PNG or WebP of
  // more than 16 million pixels, may then be decoded at 1/2, 1/4 or 1/8 as long as both sides stay
  // at least twice as long; at least as long where it takes too much memory otherwise. 0: full
  // size.
  int target_side = 0;
};

struct Decoded {
  double damage = 0;  // share of the picture that is lost, up to limits.max_damage
};

// Is it JPEG, PNG or WebP?
bool is_decoded(ImageFormat format);
// Why a file of another format, or of none, is not decoded; its first kSniffBytes bytes are enough.
DecodeFailure undecodable(ImageFormat format, std::string_view bytes);

// Keeps the libraries' state and scratch memory, so that decoding stops allocating after the first
// few photographs; memory that a huge one took is given back. One per thread.
class Decoder {
 public:
  Decoder();
  ~Decoder();
  Decoder(Decoder&&) noexcept;
  Decoder& operator=(Decoder&&) noexcept;

  // Fills `image` or says why not; `image` is then unspecified. Never throws for what the bytes
  // hold. Bytes of no image format (kNone) are not_an_image.
  expected<Decoded, DecodeFailure> decode(std::string_view bytes, const DecodeOptions& options,
                                          Image& image);

 private:
  struct State;
  std::unique_ptr<State> state_;
};

}  // namespace pomona
