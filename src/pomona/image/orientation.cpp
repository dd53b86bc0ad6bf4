// SPDX-License-Identifier: Apache-2.0
#include "pomona/image/orientation.h"

#include <algorithm>
#include <bit>
#include <cstddef>
#include <cstdint>
#include <cstring>
#include <optional>
#include <utility>

namespace pomona {
namespace {

using namespace std::string_view_literals;

// Numbers of a TIFF structure; past its end everything reads as 0.
class TiffBytes {
 public:
  TiffBytes(std::string_view bytes, bool big_endian) : bytes_(bytes), big_endian_(big_endian) {}

  std::size_t size() const { return bytes_.size(); }
  std::uint32_t u8(std::size_t at) const { return byte(at); }
  std::uint32_t u16(std::size_t at) const {
    return big_endian_ ? byte(at) << 8U | byte(at + 1) : byte(at + 1) << 8U | byte(at);
  }
  std::uint32_t u32(std::size_t at) const {
    return big_endian_ ? u16(at) << 16U | u16(at + 2) : u16(at + 2) << 16U | u16(at);
  }
  std::uint64_t u64(std::size_t at) const {
    const std::uint64_t first = u32(at);
    const std::uint64_t second = u32(at + 4);
    return big_endian_ ? first << 32U | second : second << 32U | first;
  }

 private:
  std::uint32_t byte(std::size_t at) const {
    return at < bytes_.size() ? static_cast<std::uint8_t>(bytes_[at]) : 0U;
  }

  std::string_view bytes_;
  bool big_endian_;
};

// Types of TIFF 6.0, IFD, and LONG8 of BigTIFF, which Pillow reads in any file.
enum TiffType : std::uint32_t {
  kShort = 3,
  kLong = 4,
  kRational = 5,
  kSignedByte = 6,
  kSignedShort = 8,
  kSignedLong = 9,
  kSignedRational = 10,
  kFloat = 11,
  kDouble = 12,
  kIfd = 13,
  kLong8 = 16,
};

// 0 for types that hold no number: texts and bytes without a meaning.
std::uint64_t size_of_type(std::uint32_t type) {
  switch (type) {
    case kSignedByte: return 1;
    case kShort:
    case kSignedShort: return 2;
    case kLong:
    case kSignedLong:
    case kFloat:
    case kIfd: return 4;
    case kRational:
    case kSignedRational:
    case kDouble:
    case kLong8: return 8;
    default: return 0;
  }
}

// Negative numbers are no orientations, nor do they become any when they are read without a sign.
double number_at(const TiffBytes& tiff, std::size_t at, std::uint32_t type) {
  switch (size_of_type(type)) {
    case 1: return tiff.u8(at);
    case 2: return tiff.u16(at);
    case 4:
      return type == kFloat ? std::bit_cast<float>(tiff.u32(at))
                            : static_cast<double>(tiff.u32(at));
    default: break;
  }
  if (type == kDouble) return std::bit_cast<double>(tiff.u64(at));
  if (type == kLong8) return static_cast<double>(tiff.u64(at));
  const std::uint32_t divisor = tiff.u32(at + 4);
  return divisor == 0 ? 0 : static_cast<double>(tiff.u32(at)) / divisor;
}

// The first number of an entry of a directory.
std::optional<double> first_number(const TiffBytes& tiff, std::size_t entry) {
  constexpr std::uint64_t kInEntry = 4;
  const std::uint32_t type = tiff.u16(entry + 2);
  const std::uint64_t bytes = size_of_type(type) * tiff.u32(entry + 4);
  if (bytes == 0) return std::nullopt;
  const std::uint64_t at = bytes <= kInEntry ? entry + 8 : tiff.u32(entry + 8);
  if (at + bytes > tiff.size()) return std::nullopt;
  return number_at(tiff, at, type);
}

std::optional<double> find_in_exif(std::string_view exif) {
  if (exif.starts_with("Exif\0\0"sv)) exif.remove_prefix(6);
  // Some programs write the number after the order of bytes in the other order.
  const bool big_endian = exif.starts_with("MM\0\x2a"sv) || exif.starts_with("MM\x2a\0"sv);
  const bool little_endian = exif.starts_with("II\x2a\0"sv) || exif.starts_with("II\0\x2a"sv);
  if (!big_endian && !little_endian) return std::nullopt;
  const TiffBytes tiff(exif, big_endian);
  constexpr std::size_t kEntryBytes = 12;
  constexpr std::uint32_t kOrientationTag = 0x0112;
  // Only the first directory, only once: directories that lead in circles lead nowhere here.
  const std::size_t directory = tiff.u32(4);
  const std::size_t count = tiff.u16(directory);
  for (std::size_t index = 0; index < count; ++index) {
    const std::size_t entry = directory + 2 + index * kEntryBytes;
    if (entry + kEntryBytes > exif.size()) return std::nullopt;
    if (tiff.u16(entry) == kOrientationTag) return first_number(tiff, entry);
  }
  return std::nullopt;
}

// tiff:Orientation="6" or <tiff:Orientation>6
std::optional<double> find_in_xmp(std::string_view xmp) {
  constexpr std::string_view kName = "tiff:Orientation";
  for (std::size_t at = 0; (at = xmp.find(kName, at)) != std::string_view::npos;) {
    at += kName.size();
    const std::string_view rest = xmp.substr(at);
    const std::size_t digit = rest.starts_with("=\"") ? 2 : rest.starts_with('>') ? 1 : rest.size();
    if (digit < rest.size() && rest[digit] >= '0' && rest[digit] <= '9') return rest[digit] - '0';
  }
  return std::nullopt;
}

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

int read_orientation(std::string_view exif, std::string_view xmp) {
  std::optional<double> value = find_in_exif(exif);
  if (!value) value = find_in_xmp(xmp);
  for (int orientation = 1; orientation <= 8; ++orientation) {
    if (value == orientation) return orientation;
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
