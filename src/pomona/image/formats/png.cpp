// SPDX-License-Identifier: Apache-2.0
//
// The chunks are walked before libpng is started (png_outline.h). libpng reports errors by longjmp;
// as in jpeg.cpp, every call into it stands in guarded(), whose steps hold nothing with a
// destructor.
#include "pomona/image/formats/png.h"

#include <algorithm>
#include <csetjmp>
#include <cstddef>
#include <cstdint>
#include <cstring>
#include <new>
#include <string>
#include <utility>

#include <png.h>

#include "pomona/image/formats/decode_scale.h"
#include "pomona/image/formats/over_white.h"
#include "pomona/image/formats/png_outline.h"

namespace pomona {
namespace {

// libpng keeps two rows, of 16 bits with alpha at most.
constexpr std::uint64_t kKeptBytesPerColumn = 16;

// What decoding takes on a processor of 2020 with the slowest filter of rows (Paeth) and the
// slowest content, of which a processor foresees no branch. A smooth picture takes half of it.
std::uint64_t estimate_nanoseconds(const PngOutline& outline) {
  constexpr std::uint64_t kUnpack = 58;  // tenths of a nanosecond for a byte, then for a pixel
  constexpr std::uint64_t kResult = 8;
  constexpr std::uint64_t kToRgb = 15;
  constexpr std::uint64_t kOverWhite = 15;
  constexpr std::uint64_t kInterlaced = 40;
  constexpr std::uint64_t kTurn = 60;
  const std::uint64_t per_pixel =
      kResult + (outline.pixel_bits < 24 ? kToRgb : 0) + (outline.alpha ? kOverWhite : 0) +
      (outline.interlaced ? kInterlaced : 0) + kTurn * (outline.copies() - 1);
  return (outline.unpacked_bytes() * kUnpack + outline.pixels() * per_pixel) / 10;
}

void add_row(std::uint8_t* row, int columns, bool rgba, BoxReducer& reducer) {
  if (rgba) compose_over_white(row, columns, row);
  reducer.add_row(row);
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

  // With keep_alpha rows are RGBA where anything is transparent; else it is composed over white.
  void start(const DecodeLimits& limits, bool keep_alpha);
  std::size_t row_bytes() const { return png_get_rowbytes(png_, info_); }
  void read_pixels(Image& image);
  void read_rows(int height, std::uint8_t* row, bool rgba, BoxReducer& reducer);
  bool is_complete() const { return complete_; }
  DecodeFailure failure() const;

 private:
  static void on_error(png_structp png, png_const_charp message);
  static void on_warning(png_structp /*png*/, png_const_charp /*message*/) {}
  static void on_read(png_structp png, png_bytep to, std::size_t count);
  static void on_row(png_structp png, png_row_infop /*row*/, png_bytep /*pixels*/);
  void ask_for_rgb(bool keep_alpha);

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

void PngSession::start(const DecodeLimits& limits, bool keep_alpha) {
  png_set_read_fn(png_, this, on_read);
  png_set_user_limits(png_, PNG_UINT_31_MAX, PNG_UINT_31_MAX);  // check_pixels() has asked before
  png_set_chunk_malloc_max(png_, limits.max_decode_memory);
  // Texts, profiles and the like are skipped: none of them changes a pixel here.
  png_set_keep_unknown_chunks(png_, PNG_HANDLE_CHUNK_NEVER, nullptr, -1);
  png_set_option(png_, PNG_IGNORE_ADLER32, PNG_OPTION_ON);  // chunks have checksums of their own
  png_read_info(png_, info_);
  ask_for_rgb(keep_alpha);
  png_set_read_user_transform_fn(png_, on_row);
  passes_ = png_set_interlace_handling(png_);
  png_read_update_info(png_, info_);
}

void PngSession::ask_for_rgb(bool keep_alpha) {
  const int color = png_get_color_type(png_, info_);
  const bool transparent =
      (color & PNG_COLOR_MASK_ALPHA) != 0 || png_get_valid(png_, info_, PNG_INFO_tRNS) != 0;
  png_set_expand(png_);
  png_set_scale_16(png_);
  if ((color & PNG_COLOR_MASK_COLOR) == 0) png_set_gray_to_rgb(png_);
  if (!transparent || keep_alpha) return;
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

// Of a picture that is not interlaced. The last row stays in `row`: on_read() may end its call.
void PngSession::read_rows(int height, std::uint8_t* row, bool rgba, BoxReducer& reducer) {
  const auto columns = static_cast<int>(png_get_image_width(png_, info_));
  for (int y = 0; y < height; ++y) {
    if (y > 0) add_row(row, columns, rgba, reducer);
    last_call_ = y == height - 1;
    png_read_row(png_, row, nullptr);
  }
  complete_ = true;
}

DecodeFailure PngSession::failure() const {
  return {DecodeFailureKind::kCorrupt, "PNG cannot be decoded: " + std::string(reason_)};
}

}  // namespace

expected<int, DecodeFailure> PngReader::read(std::string_view bytes, const DecodeLimits& limits,
                                             int target_side, Image& image) {
  const auto outline = read_png_outline(bytes);
  if (!outline) return failed(outline.error());
  const std::uint64_t width = outline->width;
  const std::uint64_t height = outline->height;
  if (const auto fits = check_pixels(ImageFormat::kPng, width, height, limits); !fits) {
    return failed(fits.error());
  }
  const auto memory_at = [&](int scale) {
    return reduced_side(width, scale) * reduced_side(height, scale) * 3 * outline->copies() +
           width * kKeptBytesPerColumn;
  };
  const bool reduces = !outline->interlaced && outline->pixels() > kMostHeldPixels;
  const int scale = reduces ? choose_decode_scale(std::min(width, height), target_side,
                                                  limits.max_decode_memory, memory_at)
                            : 1;
  if (const auto fits = check_memory(ImageFormat::kPng, memory_at(scale), limits); !fits) {
    return failed(fits.error());
  }
  if (const auto fits =
          check_time(ImageFormat::kPng, estimate_nanoseconds(*outline), bytes.size(), limits);
      !fits) {
    return failed(fits.error());
  }
  PngSession session(bytes);
  const auto failure = [&] { return outline->lacks_end ? png_ends_early() : session.failure(); };
  if (!session.guarded([&] { session.start(limits, scale > 1); })) return failed(failure());
  const bool rgba = scale > 1 && session.row_bytes() == width * 4;
  if (session.row_bytes() != width * 3 && !rgba) {
    return failed(DecodeFailure{DecodeFailureKind::kUnsupportedFormat,
                                "PNG of a colour type not known here; convert it to RGB"});
  }
  const auto columns = static_cast<int>(width);
  const auto rows = static_cast<int>(height);
  if (scale == 1) {
    image.set_size(columns, rows);
    session.guarded([&] { session.read_pixels(image); });
  } else {
    row_.resize(session.row_bytes());
    reducer_.begin(columns, rows, scale, image);
    session.guarded([&] { session.read_rows(rows, row_.data(), rgba, reducer_); });
  }
  if (!session.is_complete()) return failed(failure());
  if (scale > 1) add_row(row_.data(), columns, rgba, reducer_);
  return outline->orientation;
}

}  // namespace pomona
