// SPDX-License-Identifier: Apache-2.0
#include "pomona/image/image_format.h"

#include <algorithm>
#include <array>
#include <cstddef>
#include <cstdint>

namespace pomona {
namespace {

using namespace std::string_view_literals;

constexpr std::size_t kSniffedBytes = 64;

// Two letters alone would make a bitmap of every text that begins with "BM"; the size of the
// header that follows is one of these.
bool is_bmp(std::string_view bytes) {
  if (!bytes.starts_with("BM"sv) || bytes.size() < 18) return false;
  constexpr std::array kHeaderSizes = {12, 16, 40, 52, 56, 64, 108, 124};
  const bool short_number = bytes.substr(15, 3) == "\0\0\0"sv;
  const int size = static_cast<std::uint8_t>(bytes[14]);
  return short_number && std::ranges::find(kHeaderSizes, size) != kHeaderSizes.end();
}

// ISO base media files (HEIC, AVIF, but also films) begin with a box that lists their brands: the
// main one, a version, then the others.
ImageFormat sniff_brands(std::string_view bytes) {
  if (bytes.size() < 12 || bytes.substr(4, 4) != "ftyp"sv) return ImageFormat::kNone;
  const std::size_t box_size =
      static_cast<std::uint8_t>(bytes[2]) * std::size_t{256} + static_cast<std::uint8_t>(bytes[3]);
  const std::size_t end = std::min(bytes.size(), std::max<std::size_t>(box_size, 12));
  constexpr std::array kHeifBrands = {"heic"sv, "heix"sv, "hevc"sv, "hevx"sv, "heim"sv,
                                      "heis"sv, "mif1"sv, "mif2"sv, "msf1"sv};
  ImageFormat format = ImageFormat::kNone;
  for (std::size_t at = 8; at + 4 <= end; at += 4) {
    const std::string_view brand = bytes.substr(at, 4);
    if (at == 12) continue;  // the version
    if (brand == "avif"sv || brand == "avis"sv) return ImageFormat::kAvif;
    if (std::ranges::find(kHeifBrands, brand) != kHeifBrands.end()) format = ImageFormat::kHeif;
  }
  return format;
}

}  // namespace

ImageFormat sniff_format(std::string_view bytes) {
  bytes = bytes.substr(0, kSniffedBytes);
  if (bytes.starts_with("\xff\xd8\xff"sv)) return ImageFormat::kJpeg;
  if (bytes.starts_with("\x89PNG\r\n\x1a\n"sv)) return ImageFormat::kPng;
  if (bytes.starts_with("RIFF"sv) && bytes.size() >= 12 && bytes.substr(8, 4) == "WEBP"sv) {
    return ImageFormat::kWebp;
  }
  if (bytes.starts_with("GIF87a"sv) || bytes.starts_with("GIF89a"sv)) return ImageFormat::kGif;
  if (bytes.starts_with("II\x2a\0"sv) || bytes.starts_with("MM\0\x2a"sv) ||
      bytes.starts_with("II\x2b\0"sv) || bytes.starts_with("MM\0\x2b"sv)) {
    return ImageFormat::kTiff;
  }
  if (bytes.starts_with("\0\0\0\x0cJXL \r\n\x87\n"sv) || bytes.starts_with("\xff\x0a"sv)) {
    return ImageFormat::kJxl;
  }
  if (bytes.starts_with("\0\0\0\x0cjP  \r\n\x87\n"sv) || bytes.starts_with("\xff\x4f\xff\x51"sv)) {
    return ImageFormat::kJpeg2000;
  }
  if (is_bmp(bytes)) return ImageFormat::kBmp;
  return sniff_brands(bytes);
}

std::string_view image_format_name(ImageFormat format) {
  switch (format) {
    case ImageFormat::kNone: return "";
    case ImageFormat::kJpeg: return "JPEG";
    case ImageFormat::kPng: return "PNG";
    case ImageFormat::kWebp: return "WebP";
    case ImageFormat::kGif: return "GIF";
    case ImageFormat::kBmp: return "BMP";
    case ImageFormat::kTiff: return "TIFF";
    case ImageFormat::kHeif: return "HEIC";
    case ImageFormat::kAvif: return "AVIF";
    case ImageFormat::kJxl: return "JPEG XL";
    case ImageFormat::kJpeg2000: return "JPEG 2000";
  }
  return "";
}

}  // namespace pomona
