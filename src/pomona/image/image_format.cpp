// SPDX-License-Identifier: Apache-2.0
#include "pomona/image/image_format.h"

#include <algorithm>
#include <array>
#include <cstddef>
#include <cstdint>

namespace pomona {
namespace {

using namespace std::string_view_literals;

struct Signature {
  std::string_view start;
  ImageFormat format;
};

constexpr Signature kSignatures[] = {
    {"\xff\xd8\xff"sv, ImageFormat::kJpeg},
    {"\x89PNG\r\n\x1a\n"sv, ImageFormat::kPng},
    {"GIF87a"sv, ImageFormat::kGif},
    {"GIF89a"sv, ImageFormat::kGif},
    {"II\x2a\0"sv, ImageFormat::kTiff},
    {"MM\0\x2a"sv, ImageFormat::kTiff},
    {"II\x2b\0"sv, ImageFormat::kTiff},
    {"MM\0\x2b"sv, ImageFormat::kTiff},
    {"\0\0\0\x0cJXL \r\n\x87\n"sv, ImageFormat::kJxl},
    {"\xff\x0a"sv, ImageFormat::kJxl},
    {"\0\0\0\x0cjP  \r\n\x87\n"sv, ImageFormat::kJpeg2000},
    {"\xff\x4f\xff\x51"sv, ImageFormat::kJpeg2000},
    {"II\x1a\0\0\0HEAPCCDR"sv, ImageFormat::kCanonRaw},
    {"FUJIFILMCCD-RAW"sv, ImageFormat::kFujifilmRaw},
    {"IIRO"sv, ImageFormat::kOlympusRaw},
    {"IIRS"sv, ImageFormat::kOlympusRaw},
    {"MMOR"sv, ImageFormat::kOlympusRaw},
    {"IIU\0"sv, ImageFormat::kPanasonicRaw},
    {"FOVb"sv, ImageFormat::kSigmaRaw},
    {"\0MRM"sv, ImageFormat::kMinoltaRaw},
    {"8BPS"sv, ImageFormat::kPhotoshop},
    {"icns"sv, ImageFormat::kIcon},
    {"%PDF-"sv, ImageFormat::kPdf},
    {"%!PS-Adobe"sv, ImageFormat::kPostScript},
    {"\xc5\xd0\xd3\xc6"sv, ImageFormat::kPostScript},
    {"\x76\x2f\x31\x01"sv, ImageFormat::kOpenExr},
    {"#?RADIANCE\n"sv, ImageFormat::kRadiance},
    {"#?RGBE\n"sv, ImageFormat::kRadiance},
    {"DDS \x7c\0\0\0"sv, ImageFormat::kDds},
    {"qoif"sv, ImageFormat::kQoi},
    {"gimp xcf "sv, ImageFormat::kXcf},
    {"AT&TFORM"sv, ImageFormat::kDjvu},
};

bool is_space(char letter) {
  return letter == ' ' || letter == '\t' || letter == '\r' || letter == '\n';
}
bool is_digit(char letter) { return letter >= '0' && letter <= '9'; }

// "P6", white space, and the width or a comment: two letters alone would take texts for pictures.
bool is_netpbm(std::string_view bytes) {
  if (bytes.size() < 4 || bytes[0] != 'P') return false;
  if (bytes.starts_with("P7\nWIDTH"sv) || bytes.starts_with("P7\n#"sv)) return true;
  const bool is_map = bytes[1] >= '1' && bytes[1] <= '6';
  const bool is_float_map = bytes[1] == 'F' || bytes[1] == 'f';
  if ((!is_map && !is_float_map) || !is_space(bytes[2])) return false;
  const std::size_t next = bytes.find_first_not_of(" \t\r\n", 2);
  return next != std::string_view::npos && (is_digit(bytes[next]) || bytes[next] == '#');
}

// A folder of icons or cursors: the number of them, and a byte of the first entry that is 0.
bool is_icon(std::string_view bytes) {
  if (!bytes.starts_with("\0\0\1\0"sv) && !bytes.starts_with("\0\0\2\0"sv)) return false;
  return bytes.size() >= 22 && bytes[4] != 0 && bytes[5] == 0 && bytes[9] == 0;
}

// Begins with its element, or with the prologue of XML and has it soon. A page of HTML may hold
// one, too, but begins otherwise.
bool is_svg(std::string_view bytes) {
  if (bytes.starts_with("\xef\xbb\xbf"sv)) bytes.remove_prefix(3);
  while (!bytes.empty() && is_space(bytes.front())) bytes.remove_prefix(1);
  if (bytes.starts_with("<svg"sv)) return true;
  const bool has_prologue = bytes.starts_with("<?xml"sv) || bytes.starts_with("<!--"sv) ||
                            bytes.starts_with("<!DOCTYPE svg"sv);
  return has_prologue && bytes.find("<svg"sv) != std::string_view::npos &&
         bytes.find("<html"sv) == std::string_view::npos;
}

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
    if (brand == "crx "sv) return ImageFormat::kCanonRaw;
    if (std::ranges::find(kHeifBrands, brand) != kHeifBrands.end()) format = ImageFormat::kHeif;
  }
  return format;
}

}  // namespace

ImageFormat sniff_format(std::string_view bytes) {
  bytes = bytes.substr(0, kSniffBytes);
  for (const Signature& one : kSignatures) {
    if (bytes.starts_with(one.start)) return one.format;
  }
  if (bytes.starts_with("RIFF"sv) && bytes.size() >= 12 && bytes.substr(8, 4) == "WEBP"sv) {
    return ImageFormat::kWebp;
  }
  if (is_bmp(bytes)) return ImageFormat::kBmp;
  if (is_netpbm(bytes)) return ImageFormat::kNetpbm;
  if (is_icon(bytes)) return ImageFormat::kIcon;
  if (is_svg(bytes)) return ImageFormat::kSvg;
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
    case ImageFormat::kCanonRaw: return "Canon raw (CR3, CRW)";
    case ImageFormat::kFujifilmRaw: return "Fujifilm raw (RAF)";
    case ImageFormat::kOlympusRaw: return "Olympus raw (ORF)";
    case ImageFormat::kPanasonicRaw: return "Panasonic raw (RW2)";
    case ImageFormat::kSigmaRaw: return "Sigma raw (X3F)";
    case ImageFormat::kMinoltaRaw: return "Minolta raw (MRW)";
    case ImageFormat::kPhotoshop: return "Photoshop (PSD)";
    case ImageFormat::kNetpbm: return "Netpbm (PPM, PGM, PBM, PAM, PFM)";
    case ImageFormat::kIcon: return "icon (ICO, CUR, ICNS)";
    case ImageFormat::kSvg: return "SVG";
    case ImageFormat::kPdf: return "PDF";
    case ImageFormat::kPostScript: return "PostScript (EPS)";
    case ImageFormat::kOpenExr: return "OpenEXR";
    case ImageFormat::kRadiance: return "Radiance HDR";
    case ImageFormat::kDds: return "DDS";
    case ImageFormat::kQoi: return "QOI";
    case ImageFormat::kXcf: return "GIMP (XCF)";
    case ImageFormat::kDjvu: return "DjVu";
  }
  return "";
}

}  // namespace pomona
