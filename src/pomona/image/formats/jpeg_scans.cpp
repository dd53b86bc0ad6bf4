// SPDX-License-Identifier: Apache-2.0
#include "pomona/image/formats/jpeg_scans.h"

#include <cstddef>

namespace pomona {
namespace {

constexpr int kFirstRestart = 0xd0;
constexpr int kLastRestart = 0xd7;
constexpr int kEndOfImage = 0xd9;
constexpr int kStartOfScan = 0xda;

// header: the number of the scan's components, then two bytes for each, its name first.
std::uint64_t blocks_of_scan(std::string_view header, std::span<const JpegComponent> components) {
  const auto byte = [&](std::size_t at) {
    return at < header.size() ? static_cast<std::uint8_t>(header[at]) : -1;
  };
  std::uint64_t blocks = 0;
  for (int named = 0; named < byte(0); ++named) {
    for (const JpegComponent& component : components) {
      if (component.id == byte(1 + 2 * static_cast<std::size_t>(named))) blocks += component.blocks;
    }
  }
  return blocks;
}

}  // namespace

ScanWork count_jpeg_scans(std::string_view bytes, std::span<const JpegComponent> components,
                          const ScanWork& first, int max_scans) {
  ScanWork work = first;
  std::size_t at = 0;
  while (work.scans <= max_scans && (at = bytes.find('\xff', at)) != std::string_view::npos &&
         at + 1 < bytes.size()) {
    const int marker = static_cast<std::uint8_t>(bytes[at + 1]);
    if (marker == 0xff) {  // fill byte
      ++at;
      continue;
    }
    at += 2;
    const bool restart = marker >= kFirstRestart && marker <= kLastRestart;
    if (marker < 0xc0 || restart) continue;  // inside the data of a scan
    if (marker == kEndOfImage || at + 2 > bytes.size()) break;
    const std::size_t length = static_cast<std::uint8_t>(bytes[at]) * std::size_t{256} +
                               static_cast<std::uint8_t>(bytes[at + 1]);
    if (marker == kStartOfScan) {
      ++work.scans;
      work.blocks += blocks_of_scan(bytes.substr(at + 2, length), components);
    }
    at += length;
  }
  return work;
}

}  // namespace pomona
