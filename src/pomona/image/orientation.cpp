// SPDX-License-Identifier: Apache-2.0
#include "pomona/image/orientation.h"

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <cstring>
#include <utility>

namespace pomona {
namespace {

using namespace std::string_view_literals;

// Numbers of a TIFF structure; past its end everything reads as 0.
class TiffBytes {
 public:
  TiffBytes(std::string_view bytes, bool big_endian) : bytes_(bytes), big_endian_(big_endian) {}

  std::uint32_t u16(std::size_t at) const {
    return big_endian_ ? byte(at) << 8U | byte(at + 1) : byte(at + 1) << 8U | byte(at);
  }
  std::uint32_t u32(std::size_t at) const {
    return big_endian_ ? u16(at) << 16U | u16(at + 2) : u16(at + 2) << 16U | u16(at);
  }

 private:
  std::uint32_t byte(std::size_t at) const {
    return at < bytes_.size() ? static_cast<std::uint8_t>(bytes_[at]) : 0U;
  }

  std::string_view bytes_;
  bool big_endian_;
};

void swap_pixels(std::uint8_t* left, std::uint8_t* right) {
  std::swap(left[0], right[0]);
  std::swap(left[1], right[1]);
  std::swap(left[2], right[2]);
}

void mirror_left_right(Image& image) {
  for (int y = 0; y < image.height; ++y) {
    std::uint8_t* left = image.row(y);
    std::uint8_t* right = left + (image.width - 1) * std::ptrdiff_t{3};
    for (; left < right; left += 3, right -= 3) swap_pixels(left, right);
  }
}

void mirror_top_bottom(Image& image) {
  const std::size_t row_bytes = static_cast<std::size_t>(image.width) * 3;
  for (int top = 0, bottom = image.height - 1; top < bottom; ++top, --bottom) {
    std::swap_ranges(image.row(top), image.row(top) + row_bytes, image.row(bottom));
  }
}

// result(x, y) = source(y, x), in tiles, so that both sides stay in the cache.
void transpose(const Image& source, Image& result) {
  constexpr int kTile = 32;
  result.set_size(source.height, source.width);
  const std::ptrdiff_t stride = std::ptrdiff_t{3} * result.width;
  for (int tile_y = 0; tile_y < source.height; tile_y += kTile) {
    const int end_y = std::min(tile_y + kTile, source.height);
    for (int tile_x = 0; tile_x < source.width; tile_x += kTile) {
      const int end_x = std::min(tile_x + kTile, source.width);
      for (int y = tile_y; y < end_y; ++y) {
        const std::uint8_t* from = source.row(y) + std::ptrdiff_t{3} * tile_x;
        std::uint8_t* to = result.row(tile_x) + std::ptrdiff_t{3} * y;
        for (int x = tile_x; x < end_x; ++x, from += 3, to += stride) std::memcpy(to, from, 3);
      }
    }
  }
}

}  // namespace

int read_exif_orientation(std::string_view exif) {
  if (exif.starts_with("Exif\0\0"sv)) exif.remove_prefix(6);
  const bool big_endian = exif.starts_with("MM\0\x2a"sv);
  if (!big_endian && !exif.starts_with("II\x2a\0"sv)) return 1;
  const TiffBytes tiff(exif, big_endian);
  constexpr std::size_t kEntryBytes = 12;
  constexpr std::uint32_t kOrientationTag = 0x0112;
  constexpr std::uint32_t kShort = 3;
  // Only the first directory, only once: directories that lead in circles lead nowhere here.
  const std::size_t directory = tiff.u32(4);
  const std::size_t count = tiff.u16(directory);
  for (std::size_t index = 0; index < count; ++index) {
    const std::size_t entry = directory + 2 + index * kEntryBytes;
    if (entry + kEntryBytes > exif.size()) return 1;
    if (tiff.u16(entry) != kOrientationTag) continue;
    const std::uint32_t value = tiff.u16(entry + 8);
    const bool valid = tiff.u16(entry + 2) == kShort && tiff.u32(entry + 4) == 1;
    return valid && value >= 1 && value <= 8 ? static_cast<int>(value) : 1;
  }
  return 1;
}

void turn_upright(Image& image, int orientation, Image& scratch) {
  if (swaps_sides(orientation)) {
    transpose(image, scratch);
    std::swap(image, scratch);
  }
  // What is left after the transposition: 5 nothing, 6 as 2, 7 as 3, 8 as 4.
  switch (orientation) {
    case 2:
    case 6: mirror_left_right(image); break;
    case 3:
    case 7:
      mirror_left_right(image);
      mirror_top_bottom(image);
      break;
    case 4:
    case 8: mirror_top_bottom(image); break;
    default: break;
  }
}

}  // namespace pomona
