// SPDX-License-Identifier: Apache-2.0
// What the scans of a JPEG ask the entropy decoder to do, counted without decoding. Any thread.
// Private to the module.
#pragma once

#include <cstdint>
#include <span>
#include <string_view>

namespace pomona {

// Blocks are of 8 × 8 values, counted in each scan anew.
struct ScanWork {
  int scans = 0;
  std::uint64_t blocks = 0;
};

struct JpegComponent {
  int id = 0;                // as scans name it
  std::uint64_t blocks = 0;  // in a scan
};

// bytes: what follows the header of the first scan; first: that scan. libjpeg counts scans only by
// decoding them; this walks from marker to marker as libjpeg does, until there are more scans than
// max_scans.
ScanWork count_jpeg_scans(std::string_view bytes, std::span<const JpegComponent> components,
                          const ScanWork& first, int max_scans);

}  // namespace pomona
