// SPDX-License-Identifier: Apache-2.0
#include "pomona/image/foreign_content.h"

#include <algorithm>
#include <cctype>
#include <cstddef>

#include "pomona/base/content/stand_in.h"
#include "pomona/image/image_format.h"

namespace pomona {
namespace {

using namespace std::string_view_literals;

// By where it stands in the file.
struct FilmMark {
  std::size_t at;
  std::string_view bytes;
};

constexpr FilmMark kFilmMarks[] = {
    {4, "ftyp"sv},
    {8, "AVI "sv},
    {0, "\x1a\x45\xdf\xa3"sv},
    {0, "OggS"sv},
};

constexpr const char* kUnknown =
    "bytes that begin like no image format known here; expected JPEG, PNG or WebP";

bool is_film(std::string_view bytes) {
  return std::ranges::any_of(kFilmMarks, [&](const FilmMark& mark) {
    return bytes.size() > mark.at && bytes.substr(mark.at).starts_with(mark.bytes);
  });
}

const char* kind_of_text(std::string_view text) {
  if (text.starts_with("\xef\xbb\xbf"sv)) text.remove_prefix(3);
  while (!text.empty() && std::isspace(static_cast<unsigned char>(text.front())) != 0) {
    text.remove_prefix(1);
  }
  if (text.starts_with("data:image/")) {
    return "a data: URL, an image written as text; decode its base64";
  }
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
  if (const std::string_view content = stand_in(bytes); !content.empty()) {
    return std::string(content);
  }
  if (is_film(bytes)) return "a film, not a photograph; extract frames from it, or move it away";
  if (std::ranges::all_of(bytes, [](char byte) { return byte == 0; })) {
    return "zeros, as a copy leaves that was interrupted; copy it again from where it came";
  }
  if (is_text(bytes)) return kind_of_text(bytes);
  return kUnknown;
}

bool is_known_content(std::string_view bytes) { return foreign_content(bytes) != kUnknown; }

}  // namespace pomona
