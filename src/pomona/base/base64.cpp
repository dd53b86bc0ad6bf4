// SPDX-License-Identifier: Apache-2.0
#include "pomona/base/base64.h"

#include <cstddef>
#include <cstdint>

namespace pomona {

std::string base64(std::string_view bytes) {
  constexpr std::string_view kDigits =
      "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";
  const auto byte = [&](std::size_t at) -> std::uint32_t {
    return at < bytes.size() ? static_cast<unsigned char>(bytes[at]) : 0;
  };
  std::string text;
  text.reserve((bytes.size() + 2) / 3 * 4);
  for (std::size_t at = 0; at < bytes.size(); at += 3) {
    const std::uint32_t three = byte(at) << 16U | byte(at + 1) << 8U | byte(at + 2);
    text += kDigits[three >> 18U];
    text += kDigits[three >> 12U & 63U];
    text += at + 1 < bytes.size() ? kDigits[three >> 6U & 63U] : '=';
    text += at + 2 < bytes.size() ? kDigits[three & 63U] : '=';
  }
  return text;
}

}  // namespace pomona
