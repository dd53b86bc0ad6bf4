// SPDX-License-Identifier: Apache-2.0
// Texts in a PNG, as far as they may say which way up the picture is. Any thread. Private to the
// module.
#pragma once

#include <string>
#include <string_view>

namespace pomona {

// data: of a chunk tEXt, zTXt or iTXt, which all begin with a keyword.
std::string_view png_text_keyword(std::string_view data);

// chunk: its name and its data. Not more than kMostPngTextBytes are unpacked; what is damaged from
// some byte on is cut there.
std::string png_text(std::string_view chunk);

// The profile that a text holds as hexadecimal digits, behind three line ends, a name and a length:
// "\nexif\n     132\n4578…". As long as the digits last.
std::string raw_profile(std::string_view text);

// An EXIF of 64 KiB, two digits a byte, with line ends.
inline constexpr unsigned kMostPngTextBytes = 136U << 10U;

}  // namespace pomona
