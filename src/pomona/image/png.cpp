// SPDX-License-Identifier: Apache-2.0
//
// The chunks are walked before libpng is started: that tells size, EXIF orientation and whether
// the file is whole, and costs nothing. libpng reports errors by longjmp; as in jpeg.cpp, every
// call into it stands in guarded(), whose steps hold nothing with a destructor.
#include "pomona/image/png.h"

#include <csetjmp>
#include <cstddef>
#include <cstdint>
#include <cstring>
#include <new>
#include <string>
#include <utility>

#include <png.h>

#include "pomona/image/orientation.h"

namespace pomona {
namespace {

struct PngOutline {
  std::uint32_t width = 0;
  std::uint32_t height = 0;
  std::uint32_t pixel_bits = 0;
  bool alpha = false;
  bool interlaced = false;
  int orientation = 1;

  std::uint64_t pixels() const { return std::uint64_t{width} * height; }
  std::uint64_t copies() const { return swaps_sides(orientation) ? 2 : 1; }
  // What reading takes, told in bytes of data: making the result, composing,
  // interlacing and turning come on top of inflating.
  std::uint64_t inflated_bytes() const {
    return (std::uint64_t{width} * pixel_bits / 8 + 1) * height +
           pixels() * (1U + (alpha ? 1U : 0U) + (interlaced ? 3U : 0U) + 3 * (copies() - 1));
  }
};

std::uint32_t big_endian(std::string_view bytes, std::size_t at) {
  std::uint32_t value = 0;
  for (std::size_t index = 0; index < 4; ++index) {
    value = value << 8U | static_cast<std::uint8_t>(bytes[at + index]);
  }
  return value;
}

// Of 16 bits libpng makes RGB first and 8 bits of that.
std::uint32_t pixel_bits_of(int depth, int color_type) {
  if ((color_type & PNG_COLOR_MASK_PALETTE) != 0) return static_cast<std::uint32_t>(depth);
  int channels = (color_type & PNG_COLOR_MASK_COLOR) != 0 || depth == 16 ? 3 : 1;
  if ((color_type & PNG_COLOR_MASK_ALPHA) != 0) ++channels;
  return static_cast<std::uint32_t>(depth * channels);
}

expected<PngOutline, DecodeFailure> walk_chunks(std::string_view bytes) {
  constexpr std::size_t kSignatureBytes = 8;
  constexpr std::size_t kChunkFrame = 12;  // length, name, checksum
  constexpr std::uint32_t kHeaderBytes = 13;
  PngOutline outline;
  bool first = true;
  for (std::size_t at = kSignatureBytes; at + kChunkFrame <= bytes.size();) {
    const std::uint32_t length = big_endian(bytes, at);
    const std::string_view name = bytes.substr(at + 4, 4);
    if (length > PNG_UINT_31_MAX) {
      return failed(DecodeFailure{DecodeFailureKind::kCorrupt,
                                  "PNG has a chunk whose length is out of range"});
    }
    if (first && (name != "IHDR" || length != kHeaderBytes)) {
      return failed(
          DecodeFailure{DecodeFailureKind::kCorrupt, "PNG does not begin with a header (IHDR)"});
    }
    if (bytes.size() - at - kChunkFrame < length) break;
    if (first) {
      outline.width = big_endian(bytes, at + 8);
      outline.height = big_endian(bytes, at + 12);
      outline.pixel_bits = pixel_bits_of(static_cast<std::uint8_t>(bytes[at + 16]), bytes[at + 17]);
      outline.alpha = (bytes[at + 17] & PNG_COLOR_MASK_ALPHA) != 0;
      outline.interlaced = bytes[at + 20] != 0;
    }
    if (name == "tRNS") outline.alpha = true;
    if (name == "eXIf") outline.orientation = read_exif_orientation(bytes.substr(at + 8, length));
    if (name == "IEND") return outline;
    at += kChunkFrame + length;
    first = false;
  }
  return failed(DecodeFailure{DecodeFailureKind::kTruncated,
                              "PNG ends early: expected a last chunk (IEND); copy the file again"});
}

class PngSession {
 public:
  explicit PngSession(std::string_view bytes);
  ~PngSession() { png_destroy_read_struct(&png_, &info_, nullptr); }
  PngSession(const PngSession&) = delete;
  PngSession& operator=(const PngSession&) = delete;

  template <class Step>
  bool guarded(Step step) {
    if (setjmp(escape_) != 0) return false;
    step();
    return true;
  }

  void start(const DecodeLimits& limits);
  std::size_t row_bytes() const { return png_get_rowbytes(png_, info_); }
  void read_pixels(Image& image);
  bool is_complete() const { return complete_; }
  DecodeFailure failure() const;

 private:
  static void on_error(png_structp png, png_const_charp message);
  static void on_warning(png_structp /*png*/, png_const_charp /*message*/) {}
  static void on_read(png_structp png, png_bytep to, std::size_t count);
  static void on_row(png_structp png, png_row_infop /*row*/, png_bytep /*pixels*/);
  void ask_for_rgb();

  png_structp png_ = nullptr;
  png_infop info_ = nullptr;
  std::jmp_buf escape_{};
  std::string_view bytes_;
  std::size_t position_ = 0;
  int passes_ = 1;
  bool last_call_ = false;       // for the last row of the last pass
  bool rows_inflated_ = false;   // all of them
  std::size_t bytes_after_ = 0;  // read since
  bool complete_ = false;
  char reason_[96] = "";
};

PngSession::PngSession(std::string_view bytes) : bytes_(bytes) {
  guarded([&] {
    png_ = png_create_read_struct(PNG_LIBPNG_VER_STRING, this, on_error, on_warning);
    if (png_ != nullptr) info_ = png_create_info_struct(png_);
  });
  if (info_ == nullptr) {
    png_destroy_read_struct(&png_, &info_, nullptr);
    throw std::bad_alloc();
  }
}

// libpng sets the name of the chunk before some messages; the name is the file's own.
void PngSession::on_error(png_structp png, png_const_charp message) {
  auto& session = *static_cast<PngSession*>(png_get_error_ptr(png));
  const char* colon = std::strstr(message, ": ");
  std::strncpy(session.reason_, colon != nullptr ? colon + 2 : message, sizeof session.reason_ - 1);
  std::longjmp(session.escape_, 1);
}

void PngSession::on_read(png_structp png, png_bytep to, std::size_t count) {
  auto& session = *static_cast<PngSession*>(png_get_io_ptr(png));
  // After the last row libpng inflates what else there is, to the end, and throws it away: by a few
  // kilobytes it could be made to do so for hours. The pixels are all in place; enough is enough.
  constexpr std::size_t kEnough = 16 << 10U;
  if (session.rows_inflated_) session.bytes_after_ += count;
  if (session.bytes_after_ > kEnough) {
    session.complete_ = true;
    std::longjmp(session.escape_, 1);
  }
  if (count > session.bytes_.size() - session.position_) png_error(png, "the bytes end early");
  std::memcpy(to, session.bytes_.data() + session.position_, count);
  session.position_ += count;
}

// libpng has inflated a row and not yet put it into the picture, which it does before it reads on.
void PngSession::on_row(png_structp png, png_row_infop /*row*/, png_bytep /*pixels*/) {
  auto& session = *static_cast<PngSession*>(png_get_io_ptr(png));
  if (session.last_call_) session.rows_inflated_ = true;
}

void PngSession::start(const DecodeLimits& limits) {
  png_set_read_fn(png_, this, on_read);
  png_set_user_limits(png_, PNG_UINT_31_MAX, PNG_UINT_31_MAX);  // check_pixels() has asked before
  png_set_chunk_malloc_max(png_, limits.max_memory_bytes);
  // Texts, profiles and the like are skipped: none of them changes a pixel here.
  png_set_keep_unknown_chunks(png_, PNG_HANDLE_CHUNK_NEVER, nullptr, -1);
  png_read_info(png_, info_);
  ask_for_rgb();
  png_set_read_user_transform_fn(png_, on_row);
  passes_ = png_set_interlace_handling(png_);
  png_read_update_info(png_, info_);
}

void PngSession::ask_for_rgb() {
  const int color = png_get_color_type(png_, info_);
  const bool transparent =
      (color & PNG_COLOR_MASK_ALPHA) != 0 || png_get_valid(png_, info_, PNG_INFO_tRNS) != 0;
  png_set_expand(png_);
  png_set_scale_16(png_);
  if ((color & PNG_COLOR_MASK_COLOR) == 0) png_set_gray_to_rgb(png_);
  if (!transparent) return;
  const auto white = static_cast<png_uint_16>(png_get_bit_depth(png_, info_) == 16 ? 0xffff : 0xff);
  const png_color_16 background = {0, white, white, white, white};
  png_set_background(png_, &background, PNG_BACKGROUND_GAMMA_SCREEN, /*need_expand=*/0, 1.0);
}

void PngSession::read_pixels(Image& image) {
  for (int pass = 0; pass < passes_; ++pass) {
    for (int y = 0; y < image.height; ++y) {
      last_call_ = pass == passes_ - 1 && y == image.height - 1;
      // The last pass of an interlaced picture has no even rows: nothing is inflated for this one.
      if (last_call_ && passes_ > 1 && y % 2 == 0) rows_inflated_ = true;
      png_read_row(png_, image.row(y), nullptr);
    }
  }
  complete_ = true;
}

DecodeFailure PngSession::failure() const {
  return {DecodeFailureKind::kCorrupt, "PNG cannot be decoded: " + std::string(reason_)};
}

}  // namespace

expected<int, DecodeFailure> read_png(std::string_view bytes, const DecodeLimits& limits,
                                      Image& image) {
  const auto outline = walk_chunks(bytes);
  if (!outline) return failed(outline.error());
  const auto [width, height] = std::pair(outline->width, outline->height);
  if (const auto fits = check_pixels(ImageFormat::kPng, width, height, limits); !fits) {
    return failed(fits.error());
  }
  const std::uint64_t row_bytes = std::uint64_t{width} * 8;  // libpng keeps two, 16-bit with alpha
  if (const auto fits = check_memory(
          ImageFormat::kPng, outline->pixels() * 3 * outline->copies() + 2 * row_bytes, limits);
      !fits) {
    return failed(fits.error());
  }
  if (const auto fits =
          check_inflated(ImageFormat::kPng, outline->inflated_bytes(), bytes.size(), limits);
      !fits) {
    return failed(fits.error());
  }
  PngSession session(bytes);
  if (!session.guarded([&] { session.start(limits); })) return failed(session.failure());
  image.set_size(static_cast<int>(width), static_cast<int>(height));
  if (session.row_bytes() != std::size_t{width} * 3) {
    return failed(DecodeFailure{DecodeFailureKind::kUnsupportedFormat,
                                "PNG of a colour type not known here; convert it to RGB"});
  }
  session.guarded([&] { session.read_pixels(image); });
  if (!session.is_complete()) {
    return failed(session.failure());
  }
  return outline->orientation;
}

}  // namespace pomona
