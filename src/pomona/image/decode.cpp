// SPDX-License-Identifier: Apache-2.0
#include "pomona/image/decode.h"

#include <cstddef>
#include <string>

#include "pomona/image/foreign_content.h"
#include "pomona/image/formats/jpeg.h"
#include "pomona/image/formats/png.h"
#include "pomona/image/formats/webp.h"
#include "pomona/image/orientation.h"

namespace pomona {
namespace {

// What one huge picture took is not kept for the next ones: together they could hold far more than
// the limit. Beyond this size allocating is nothing beside decoding.
constexpr std::size_t kKeptBytes = 4U << 20U;

}  // namespace

DecodeFailure undecodable(ImageFormat format, std::string_view bytes) {
  if (format == ImageFormat::kNone) {
    return {DecodeFailureKind::kNotAnImage, "the file holds " + foreign_content(bytes)};
  }
  return {DecodeFailureKind::kUnsupportedFormat,
          std::string(image_format_name(format)) +
              " is not decoded here; convert the photograph to JPEG, PNG or WebP"};
}

bool is_decoded(ImageFormat format) {
  return format == ImageFormat::kJpeg || format == ImageFormat::kPng ||
         format == ImageFormat::kWebp;
}

struct Decoder::State {
  JpegReader jpeg;
  PngReader png;
  WebpReader webp;
  Image turned;  // the other half of turning a picture by a quarter
};

Decoder::Decoder() : state_(std::make_unique<State>()) {}
Decoder::~Decoder() = default;
Decoder::Decoder(Decoder&&) noexcept = default;
Decoder& Decoder::operator=(Decoder&&) noexcept = default;

expected<Decoded, DecodeFailure> Decoder::decode(std::string_view bytes,
                                                 const DecodeOptions& options, Image& image) {
  image.give_back_beyond(kKeptBytes);
  state_->turned.give_back_beyond(kKeptBytes);
  state_->png.give_back_beyond(kKeptBytes);
  state_->webp.give_back_beyond(kKeptBytes);
  const ImageFormat format = sniff_format(bytes);
  const auto& [limits, target_side] = options;
  Decoded decoded;
  expected<int, DecodeFailure> orientation = failed(DecodeFailure{});
  if (format == ImageFormat::kJpeg) {
    auto facts = state_->jpeg.read(bytes, limits, target_side, image);
    if (!facts) return failed(std::move(facts.error()));
    decoded.damage = facts->damage;
    orientation = facts->orientation;
  } else if (format == ImageFormat::kPng) {
    orientation = state_->png.read(bytes, limits, target_side, image);
  } else if (format == ImageFormat::kWebp) {
    orientation = state_->webp.read(bytes, limits, target_side, image);
  } else {
    return failed(undecodable(format, bytes));
  }
  if (!orientation) return failed(std::move(orientation.error()));
  turn_upright(image, *orientation, state_->turned);
  return decoded;
}

}  // namespace pomona
