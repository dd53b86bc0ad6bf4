// SPDX-License-Identifier: Apache-2.0
#include "pomona/image/formats/png_text.h"

#include <algorithm>
#include <cstddef>

#include <zlib.h>

namespace pomona {
namespace {

using namespace std::string_view_literals;

std::string inflated(std::string_view data) {
  std::string text(kMostPngTextBytes, '\0');
  z_stream stream{};
  if (inflateInit(&stream) != Z_OK) return "";
  // zlib reads through this pointer only, whatever its type.
  stream.next_in = reinterpret_cast<Bytef*>(const_cast<char*>(data.data()));
  stream.avail_in = static_cast<uInt>(data.size());
  stream.next_out = reinterpret_cast<Bytef*>(text.data());
  stream.avail_out = static_cast<uInt>(text.size());
  inflate(&stream, Z_SYNC_FLUSH);
  text.resize(text.size() - stream.avail_out);
  inflateEnd(&stream);
  return text;
}

// Without what lies before the next zero byte, and that byte.
std::string_view behind_zero(std::string_view data) {
  const std::size_t zero = data.find('\0');
  return zero == std::string_view::npos ? ""sv : data.substr(zero + 1);
}

int digit_of(char letter) {
  if (letter >= '0' && letter <= '9') return letter - '0';
  if (letter >= 'a' && letter <= 'f') return letter - 'a' + 10;
  if (letter >= 'A' && letter <= 'F') return letter - 'A' + 10;
  return -1;
}

}  // namespace

std::string_view png_text_keyword(std::string_view data) {
  return data.substr(0, std::min(data.find('\0'), data.size()));
}

std::string png_text(std::string_view chunk) {
  const std::string_view name = chunk.substr(0, 4);
  std::string_view data = behind_zero(chunk);
  if (name == "zTXt"sv) return data.empty() ? "" : inflated(data.substr(1));  // behind its method
  if (name == "iTXt"sv) {
    if (data.size() < 4) return "";
    const bool compressed = data[0] == '\1';
    data = behind_zero(behind_zero(data.substr(2)));  // flag, method, language, translated keyword
    if (compressed) return inflated(data);
  }
  return std::string(data.substr(0, kMostPngTextBytes));
}

std::string raw_profile(std::string_view text) {
  for (int line = 0; line < 3; ++line) {
    const std::size_t end = text.find('\n');
    if (end == std::string_view::npos) return "";
    text.remove_prefix(end + 1);
  }
  std::string profile;
  int high = -1;
  for (const char letter : text) {
    if (letter == '\n' || letter == ' ' || letter == '\r') continue;
    const int digit = digit_of(letter);
    if (digit < 0) break;
    if (high >= 0) profile.push_back(static_cast<char>(high * 16 + digit));
    high = high < 0 ? digit : -1;
  }
  return profile;
}

}  // namespace pomona
