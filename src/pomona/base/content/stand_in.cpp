// SPDX-License-Identifier: Apache-2.0
#include "pomona/base/content/stand_in.h"

#include <algorithm>
#include <cctype>
#include <string>

#include "pomona/base/unicode.h"

namespace pomona {
namespace {

using namespace std::string_view_literals;

// By where it stands in the file.
struct StandInMark {
  std::size_t at;
  std::string_view bytes;
  std::string_view content;
};

constexpr std::string_view kLfs =
    "a Git-LFS pointer, not the file it stands for; fetch the files with `git lfs pull`";
constexpr std::string_view kAnnex =
    "a git-annex pointer, not the file it stands for; fetch the files with `git annex get`";

constexpr StandInMark kStandInMarks[] = {
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
    {257, "ustar"sv, "a tar archive; unpack it"},
    {0, "\0\x05\x16\x07"sv,
     "the resource fork of a file (AppleDouble), as macOS writes beside it; remove it"},
    {0, "bplist00"sv,
     "a property list of macOS, perhaps in place of a file that iCloud keeps; download it first"},
};

}  // namespace

bool is_text(std::string_view bytes) {
  return std::ranges::all_of(bytes, [](unsigned char letter) {
    return letter >= 0x20 ? letter != 0x7f : std::isspace(letter) != 0;
  });
}

std::string_view stand_in(std::string_view first_bytes) {
  first_bytes = first_bytes.substr(0, kStandInBytes);
  for (const StandInMark& mark : kStandInMarks) {
    if (first_bytes.size() > mark.at && first_bytes.substr(mark.at).starts_with(mark.bytes)) {
      return mark.content;
    }
  }
  if (!is_text(first_bytes)) return {};
  const std::string text = ascii_lower(first_bytes);
  if (text.find("<html") != std::string::npos || text.find("<!doctype html") != std::string::npos) {
    return "an HTML page, as servers send in place of a file; download the file itself";
  }
  if (text.find("annex/objects/") != std::string::npos) return kAnnex;
  return {};
}

}  // namespace pomona
