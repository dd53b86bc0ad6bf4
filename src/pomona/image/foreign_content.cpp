// SPDX-License-Identifier: Apache-2.0
#include "pomona/image/foreign_content.h"

#include <algorithm>
#include <cctype>
#include <cstddef>

#include "pomona/base/unicode.h"
#include "pomona/image/image_format.h"

namespace pomona {
namespace {

using namespace std::string_view_literals;

// By where it stands in the file.
struct ForeignMark {
  std::size_t at;
  std::string_view bytes;
  const char* content;
};

constexpr const char* kLfs =
    "a Git-LFS pointer, not the photograph it stands for; fetch the files with `git lfs pull`";
constexpr const char* kAnnex =
    "a git-annex pointer, not the photograph it stands for; fetch the files with `git annex get`";
constexpr const char* kUnknown =
    "bytes that begin like no image format known here; expected JPEG, PNG or WebP";
constexpr const char* kTar = "a tar archive; unpack it";
constexpr const char* kFilm = "a film, not a photograph; extract frames from it, or move it away";

constexpr ForeignMark kForeignMarks[] = {
    {0, "version https://git-lfs.github.com/spec/"sv, kLfs},
    {0, "version https://hawser.github.com/spec/"sv, kLfs},
    {0, "version http://git-media.io/v/"sv, kLfs},
    {0, "/annex/objects/"sv, kAnnex},
    {0, "\x1f\x8b"sv, "gzip data; unpack it"},
    {0, "PK\x03\x04"sv, "a zip archive; unpack it"},
    {0, "PK\x05\x06"sv, "an empty zip archive"},
    {0, "BZh"sv, "bzip2 data; unpack it"},
    {0,
     "\xfd"
     "7zXZ\0"sv,
     "xz data; unpack it"},
    {0, "\x28\xb5\x2f\xfd"sv, "Zstandard data; unpack it"},
    {0, "7z\xbc\xaf\x27\x1c"sv, "a 7-Zip archive; unpack it"},
    {0, "Rar!\x1a\x07"sv, "a RAR archive; unpack it"},
    {257, "ustar"sv, kTar},
    {0, "\0\x05\x16\x07"sv,
     "the resource fork of a file (AppleDouble), as macOS writes beside it; remove it"},
    {0, "bplist00"sv,
     "a property list of macOS, perhaps in place of a file that iCloud keeps; download it first"},
    {4, "ftyp"sv, kFilm},
    {8, "AVI "sv, kFilm},
    {0, "\x1a\x45\xdf\xa3"sv, kFilm},
    {0, "OggS"sv, kFilm},
    {0, "data:image/"sv, "a data: URL, an image written as text; decode its base64"},
};

bool is_text(std::string_view bytes) {
  return std::ranges::all_of(bytes, [](unsigned char letter) {
    return letter >= 0x20 ? letter != 0x7f : std::isspace(letter) != 0;
  });
}

const char* kind_of_text(std::string_view bytes) {
  if (bytes.starts_with("\xef\xbb\xbf"sv)) bytes.remove_prefix(3);
  while (!bytes.empty() && std::isspace(static_cast<unsigned char>(bytes.front())) != 0) {
    bytes.remove_prefix(1);
  }
  const std::string text = ascii_lower(bytes);
  if (text.find("<html") != std::string::npos || text.starts_with("<!doctype html")) {
    return "an HTML page, as servers send where they have no photograph; download it again";
  }
  if (text.find("annex/objects/") != std::string::npos) return kAnnex;
  if (text.starts_with("<?xml")) {
    return "an XML document, as object stores send with an error; download it again";
  }
  if (text.starts_with('{') || text.starts_with('[')) {
    return "text that begins like JSON; download the photograph again";
  }
  return "text, not a photograph; copy it again from where it came, or remove it";
}

}  // namespace

std::string foreign_content(std::string_view bytes) {
  if (bytes.empty()) return "nothing: it is empty (0 bytes); copy it again from where it came";
  bytes = bytes.substr(0, kSniffBytes);
  for (const ForeignMark& one : kForeignMarks) {
    if (bytes.size() > one.at && bytes.substr(one.at).starts_with(one.bytes)) return one.content;
  }
  if (std::ranges::all_of(bytes, [](char byte) { return byte == 0; })) {
    return "zeros, as a copy leaves that was interrupted; copy it again from where it came";
  }
  if (is_text(bytes)) return kind_of_text(bytes);
  return kUnknown;
}

bool is_known_content(std::string_view bytes) { return foreign_content(bytes) != kUnknown; }

}  // namespace pomona
