// SPDX-License-Identifier: Apache-2.0
#include "pomona/storage/key.h"

#include <algorithm>
#include <cstddef>

#include "pomona/base/error.h"

namespace pomona {
namespace {

constexpr std::string_view kHexDigits = "0123456789ABCDEF";

unsigned byte_at(std::string_view text, std::size_t at) {
  return static_cast<unsigned char>(text[at]);
}

bool is_continuation(std::string_view text, std::size_t at) {
  return at < text.size() && (byte_at(text, at) & 0xC0U) == 0x80U;
}

// Length of the UTF-8 sequence at `at`, 0 when there is none.
std::size_t utf8_length(std::string_view text, std::size_t at) {
  const unsigned first = byte_at(text, at);
  if (first < 0x80U) return 1;
  if (first < 0xC2U || first > 0xF4U || !is_continuation(text, at + 1)) return 0;
  if (first < 0xE0U) return 2;
  const unsigned second = byte_at(text, at + 1);
  if (!is_continuation(text, at + 2)) return 0;
  if (first < 0xF0U) {
    const bool overlong = first == 0xE0U && second < 0xA0U;
    const bool surrogate = first == 0xEDU && second >= 0xA0U;
    return overlong || surrogate ? 0 : 3;
  }
  if (!is_continuation(text, at + 3)) return 0;
  const bool overlong = first == 0xF0U && second < 0x90U;
  const bool too_large = first == 0xF4U && second >= 0x90U;
  return overlong || too_large ? 0 : 4;
}

// Is there a '%' and two upper-case hexadecimal digits?
bool is_escape(std::string_view text, std::size_t at) {
  return at + 2 < text.size() && text[at] == '%' &&
         kHexDigits.find(text[at + 1]) != std::string_view::npos &&
         kHexDigits.find(text[at + 2]) != std::string_view::npos;
}

void append_escaped(unsigned byte, std::string& key) {
  key += '%';
  key += kHexDigits[byte >> 4U];
  key += kHexDigits[byte & 15U];
}

bool is_valid_part(std::string_view part) {
  return !part.empty() && part != "." && part != ".." && part.find('\0') == std::string_view::npos;
}

}  // namespace

std::string key_from_name(std::string_view name) {
  std::string key;
  key.reserve(name.size());
  for (std::size_t at = 0; at < name.size();) {
    const std::size_t length = utf8_length(name, at);
    if (length == 0 || is_escape(name, at)) {
      append_escaped(byte_at(name, at), key);
      ++at;
    } else {
      key.append(name, at, length);
      at += length;
    }
  }
  return key;
}

std::string name_from_key(std::string_view key) {
  std::string name;
  name.reserve(key.size());
  for (std::size_t at = 0; at < key.size();) {
    if (is_escape(key, at)) {
      const std::size_t byte = kHexDigits.find(key[at + 1]) * 16 + kHexDigits.find(key[at + 2]);
      name += static_cast<char>(byte);
      at += 3;
    } else {
      name += key[at++];
    }
  }
  return name;
}

bool is_utf8(std::string_view text) {
  for (std::size_t at = 0; at < text.size();) {
    const std::size_t length = utf8_length(text, at);
    if (length == 0) return false;
    at += length;
  }
  return true;
}

void check_key(std::string_view key, std::string_view action) {
  bool valid = true;
  for (std::size_t begin = 0; begin <= key.size() && valid;) {
    const std::size_t end = std::min(key.find('/', begin), key.size());
    valid = is_valid_part(key.substr(begin, end - begin));
    begin = end + 1;
  }
  // Two spellings of one name would be two keys of one object, and "%2E%2E" a way out of the root.
  if (!valid || key_from_name(name_from_key(key)) != key) {
    throw Error(ErrorKind::kInvalidInput,
                std::string(action) + " \"" + key_from_name(key) +
                    "\": not a key; expected a relative path in UTF-8 with parts between single "
                    "'/', none of them '.' or '..', other bytes as %XX");
  }
}

void check_move(std::string_view from, std::string_view to) {
  check_key(from, "moving");
  check_key(to, "moving to");
  if (is_below(to, from)) {
    throw Error(ErrorKind::kInvalidInput, "moving " + std::string(from) + " to " + std::string(to) +
                                              ": a folder cannot lie in itself");
  }
}

std::string_view parent_name(std::string_view key) {
  const std::size_t slash = key.rfind('/');
  if (slash == std::string_view::npos) return {};
  return file_name(key.substr(0, slash));
}

std::string_view file_name(std::string_view key) {
  const std::size_t slash = key.rfind('/');
  return slash == std::string_view::npos ? key : key.substr(slash + 1);
}

bool is_below(std::string_view key, std::string_view folder) {
  return folder.empty() ||
         (key.size() > folder.size() && key.starts_with(folder) && key[folder.size()] == '/');
}

}  // namespace pomona
