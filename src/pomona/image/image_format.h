// SPDX-License-Identifier: Apache-2.0
// Which image format a file is of, by its first bytes and never by its name. Any thread.
#pragma once

#include <cstddef>
#include <string_view>

namespace pomona {

enum class ImageFormat {
  kNone,
  kJpeg,
  kPng,
  kWebp,
  kGif,
  kBmp,
  kTiff,
  kHeif,
  kAvif,
  kJxl,
  kJpeg2000,
  kCanonRaw,
  kFujifilmRaw,
  kOlympusRaw,
  kPanasonicRaw,
  kSigmaRaw,
  kMinoltaRaw,
  kPhotoshop,
  kNetpbm,
  kIcon,
  kSvg,
  kPdf,
  kPostScript,
  kOpenExr,
  kRadiance,
  kDds,
  kQoi,
  kXcf,
  kDjvu
};

// So many first bytes are enough for sniff_format() and foreign_content().
inline constexpr std::size_t kSniffBytes = 1024;

// By the first bytes; kNone when they are of no image format we know of.
ImageFormat sniff_format(std::string_view bytes);
// "JPEG", "HEIC", …; "" for kNone.
std::string_view image_format_name(ImageFormat format);

}  // namespace pomona
