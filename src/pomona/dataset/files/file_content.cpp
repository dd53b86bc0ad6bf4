// SPDX-License-Identifier: Apache-2.0
#include "pomona/dataset/files/file_content.h"

#include <algorithm>
#include <string>
#include <utility>

#include "pomona/base/unicode.h"
#include "pomona/image/decode.h"
#include "pomona/image/foreign_content.h"
#include "pomona/image/image_format.h"
#include "pomona/storage/key.h"

namespace pomona {
namespace {

// In the order of their letters.
constexpr std::string_view kCameraRaw[] = {
    "3fr", "ari", "arw", "bay", "cap", "cr2", "cr3", "crw", "dcr", "dcs", "dng", "drf", "eip",
    "erf", "fff", "gpr", "iiq", "k25", "kdc", "mdc", "mef", "mos", "mrw", "nef", "nrw", "obm",
    "orf", "pef", "ptx", "pxn", "raf", "raw", "rw2", "rwl", "rwz", "sr2", "srf", "srw", "x3f"};
constexpr std::string_view kPictures[] = {
    "apng", "avif", "avifs", "bmp",  "cur",   "dds",  "dib",   "djvu",  "emf",  "eps",
    "exr",  "gif",  "hdr",   "heic", "heics", "heif", "heifs", "hif",   "icns", "ico",
    "insp", "j2c",  "j2k",   "jfi",  "jfif",  "jif",  "jp2",   "jpc",   "jpe",  "jpeg",
    "jpf",  "jpg",  "jpm",   "jps",  "jpx",   "jxl",  "jxr",   "mpo",   "pam",  "pbm",
    "pcx",  "pdf",  "pfm",   "pgm",  "pic",   "pict", "pjp",   "pjpeg", "png",  "pnm",
    "ppm",  "psb",  "psd",   "qoi",  "rgbe",  "sgi",  "svg",   "svgz",  "tga",  "thm",
    "tif",  "tiff", "wdp",   "webp", "wmf",   "xbm",  "xcf",   "xpm"};
static_assert(std::ranges::is_sorted(kCameraRaw) && std::ranges::is_sorted(kPictures));

template <class Names>
bool holds(const Names& names, std::string_view name) {
  return std::ranges::binary_search(names, name);
}

// Formats without a mark at their beginning.
bool is_unmarked_format(std::string_view extension) { return extension == "tga"; }

DecodeFailure unsupported(const std::string& format) {
  return {DecodeFailureKind::kUnsupportedFormat,
          format + " is not decoded here; convert the photograph to JPEG, PNG or WebP"};
}

std::string upper_case(std::string text) {
  std::ranges::transform(text, text.begin(), [](unsigned char letter) {
    return static_cast<char>(std::toupper(letter));
  });
  return text;
}

}  // namespace

std::string extension_of(std::string_view path) {
  const std::string_view name = file_name(path);
  const std::size_t dot = name.rfind('.');
  if (dot == std::string_view::npos || dot == 0 || dot + 1 == name.size()) return "";
  return ascii_lower(name.substr(dot));
}

bool is_image_name(std::string_view path) {
  const std::string extension = extension_of(path);
  if (extension.empty()) return false;
  const std::string_view letters = std::string_view(extension).substr(1);
  return holds(kPictures, letters) || holds(kCameraRaw, letters);
}

FileContent file_content(std::string_view path, std::string_view bytes) {
  const ImageFormat format = sniff_format(bytes);
  if (is_decoded(format)) return {};
  if (format == ImageFormat::kNone && !is_image_name(path)) return {FileStatus::kSkipped, {}};
  const std::string extension = extension_of(path);
  const std::string_view letters = std::string_view(extension).substr(extension.empty() ? 0 : 1);
  DecodeFailure failure = undecodable(format, bytes);
  // Most raw formats are TIFF by their bytes, which is not what people call them.
  if (format == ImageFormat::kTiff && holds(kCameraRaw, letters)) {
    failure = unsupported(upper_case(std::string(letters)) + " (camera raw)");
  } else if (format == ImageFormat::kNone && is_unmarked_format(letters) &&
             !is_known_content(bytes)) {
    failure = unsupported(upper_case(std::string(letters)));
  }
  return {FileStatus::kFailed, std::move(failure)};
}

FileFailure decode_failure(const ManifestRow& row, DecodeFailure failure) {
  return {row.split, std::string(row.path), "decode",
          std::string(decode_failure_name(failure.kind)), std::move(failure.message)};
}

}  // namespace pomona
