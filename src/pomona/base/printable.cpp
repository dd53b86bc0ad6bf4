// SPDX-License-Identifier: Apache-2.0
#include "pomona/base/printable.h"

#include <cstddef>

namespace pomona {
namespace {

void append_escaped(unsigned code, std::string& text) {
  constexpr std::string_view kDigits = "0123456789ABCDEF";
  text += "\\x";
  text += kDigits[code >> 4U];
  text += kDigits[code & 15U];
}

}  // namespace

std::string printable(std::string_view text) {
  std::string safe;
  safe.reserve(text.size());
  for (std::size_t i = 0; i < text.size(); ++i) {
    const auto byte = static_cast<unsigned char>(text[i]);
    const unsigned next = i + 1 < text.size() ? static_cast<unsigned char>(text[i + 1]) : 0;
    if (byte < 0x20U || byte == 0x7FU) {
      append_escaped(byte, safe);
    } else if (byte == 0xC2U && next >= 0x80U && next < 0xA0U) {  // U+0080 to U+009F
      append_escaped(next, safe);
      ++i;
    } else {
      safe += text[i];
    }
  }
  return safe;
}

}  // namespace pomona
