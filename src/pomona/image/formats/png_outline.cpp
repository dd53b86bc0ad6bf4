// SPDX-License-Identifier: Apache-2.0
#include "pomona/image/formats/png_outline.h"

#include <cstddef>
#include <string>

#include <png.h>

#include "pomona/image/formats/png_text.h"

namespace pomona {
namespace {

std::uint32_t big_endian(std::string_view bytes, std::size_t at) {
  std::uint32_t value = 0;
  for (std::size_t index = 0; index < 4; ++index) {
    value = value << 8U | static_cast<std::uint8_t>(bytes[at + index]);
  }
  return value;
}

// Of 16 bits libpng makes RGB first and 8 bits of that.
std::uint32_t pixel_bits_of(int depth, int color_type) {
  if ((color_type & PNG_COLOR_MASK_PALETTE) != 0) return static_cast<std::uint32_t>(depth);
  int channels = (color_type & PNG_COLOR_MASK_COLOR) != 0 || depth == 16 ? 3 : 1;
  if ((color_type & PNG_COLOR_MASK_ALPHA) != 0) ++channels;
  return static_cast<std::uint32_t>(depth * channels);
}

// Where a PNG says which way up it is: the chunk of EXIF, else a text in which ImageMagick and
// others keep one, else XMP. Texts are unpacked once the last chunk was seen: of a thousand of them
// one, at most, of each keyword.
struct OrientationChunks {
  std::string_view exif;
  std::string_view raw_exif;
  std::string_view raw_app1;
  std::string_view xmp;

  void note(std::string_view name, std::string_view data) {
    if (name == "eXIf") exif = data;
    if (name != "tEXt" && name != "zTXt" && name != "iTXt") return;
    const std::string_view keyword = png_text_keyword(data);
    // The name of the chunk states how the text is stored.
    const std::string_view chunk(name.data(), name.size() + data.size());
    if (keyword == "Raw profile type exif") raw_exif = chunk;
    if (keyword == "Raw profile type APP1") raw_app1 = chunk;
    if (keyword == "XML:com.adobe.xmp") xmp = chunk;
  }

  int orientation() const {
    std::string raw;
    if (exif.empty() && !raw_exif.empty()) raw = raw_profile(png_text(raw_exif));
    if (exif.empty() && raw.empty() && !raw_app1.empty()) raw = raw_profile(png_text(raw_app1));
    return read_orientation(exif.empty() ? raw : exif, xmp.empty() ? "" : png_text(xmp));
  }
};

}  // namespace

DecodeFailure png_ends_early() {
  return {DecodeFailureKind::kTruncated,
          "PNG ends early: expected picture data and a last chunk (IEND); copy the file again from "
          "where it came from"};
}

expected<PngOutline, DecodeFailure> read_png_outline(std::string_view bytes) {
  constexpr std::size_t kSignatureBytes = 8;
  constexpr std::size_t kChunkFrame = 12;  // length, name, checksum
  constexpr std::uint32_t kHeaderBytes = 13;
  PngOutline outline;
  OrientationChunks says;
  bool first = true;
  std::size_t at = kSignatureBytes;
  while (at + kChunkFrame <= bytes.size()) {
    const std::uint32_t length = big_endian(bytes, at);
    const std::string_view name = bytes.substr(at + 4, 4);
    if (length > PNG_UINT_31_MAX) {
      return failed(DecodeFailure{DecodeFailureKind::kCorrupt,
                                  "PNG has a chunk whose length is out of range"});
    }
    if (first && (name != "IHDR" || length != kHeaderBytes)) {
      return failed(
          DecodeFailure{DecodeFailureKind::kCorrupt, "PNG does not begin with a header (IHDR)"});
    }
    if (bytes.size() - at - kChunkFrame < length) break;
    if (first) {
      outline.width = big_endian(bytes, at + 8);
      outline.height = big_endian(bytes, at + 12);
      outline.pixel_bits = pixel_bits_of(static_cast<std::uint8_t>(bytes[at + 16]), bytes[at + 17]);
      outline.alpha = (bytes[at + 17] & PNG_COLOR_MASK_ALPHA) != 0;
      outline.interlaced = bytes[at + 20] != 0;
    }
    if (name == "tRNS") outline.alpha = true;
    says.note(name, bytes.substr(at + 8, length));
    if (name == "IEND") {
      outline.orientation = says.orientation();
      return outline;
    }
    at += kChunkFrame + length;
    first = false;
  }
  using namespace std::string_view_literals;
  if (!first && "\0\0\0\0IEND\xae\x42\x60\x82"sv.starts_with(bytes.substr(at))) {
    outline.lacks_end = true;
    outline.orientation = says.orientation();
    return outline;
  }
  return failed(png_ends_early());
}

}  // namespace pomona
