// SPDX-License-Identifier: Apache-2.0
//
// libjpeg reports an error by a call that must not return, and our answer to it is longjmp. A jump
// over a frame with destructors is undefined, so every call into libjpeg stands in guarded(),
// whose steps hold plain numbers and pointers only; memory is made ready outside of them.
#include "pomona/image/jpeg.h"

#include <algorithm>
#include <array>
#include <csetjmp>
#include <cstddef>
#include <cstdint>
#include <cstdio>  // jpeglib.h wants it
#include <string>

#include <jpeglib.h>
// After jpeglib.h.
#include <jerror.h>

#include "pomona/image/orientation.h"

namespace pomona {
namespace {

constexpr std::uint64_t kCoefficientBytes = sizeof(JCOEF) * DCTSIZE2;

// What the entropy decoder is asked to do. Blocks are of 8 x 8 values, counted in each scan anew.
struct ScanWork {
  int scans = 0;
  std::uint64_t blocks = 0;
};

// An arithmetic decoder can be made to take ten steps for each value by next to no bytes; Huffman
// codes take a bit at least for whatever they do.
constexpr std::uint64_t kArithmeticWeight = 32;

// Inverted CMYK, as Adobe's programs store it and as Pillow takes it, whether or not the file says
// so.
void cmyk_to_rgb(const std::uint8_t* cmyk, int width, std::uint8_t* rgb) {
  for (int x = 0; x < width; ++x, cmyk += 4, rgb += 3) {
    const int black = cmyk[3];
    for (int channel = 0; channel < 3; ++channel) {
      const int product = (255 - cmyk[channel]) * black + 128;
      const int ink = (product + (product >> 8)) >> 8;  // product / 255, rounded
      rgb[channel] = static_cast<std::uint8_t>(std::max(black - ink, 0));
    }
  }
}

// One file. libjpeg could go on to the next one, but would keep tables of this one and use them for
// a file that lacks its own: a picture would depend on those before it. Starting anew costs 2 µs.
class JpegSession {
 public:
  explicit JpegSession(const DecodeLimits& limits) : limits_(limits) {
    info_.err = jpeg_std_error(&errors_);
    info_.client_data = this;
    errors_.error_exit = on_error;
    errors_.emit_message = on_message;
  }
  ~JpegSession() { jpeg_destroy_decompress(&info_); }
  JpegSession(const JpegSession&) = delete;
  JpegSession& operator=(const JpegSession&) = delete;

  template <class Step>
  bool guarded(Step step) {
    if (setjmp(escape_) != 0) return false;
    step();
    return true;
  }

  // Steps, to be guarded, in this order.
  void read_header(std::string_view bytes);
  void choose_output(int target_side);
  void read_pixels(Image& image, std::uint8_t* cmyk_row);

  const jpeg_decompress_struct& info() const { return info_; }
  int orientation() const { return read_exif_orientation(exif_); }
  std::uint64_t needed_bytes() const;
  expected<void, DecodeFailure> check_scans() const;
  void limit_memory() {
    info_.mem->max_memory_to_use = static_cast<long>(limits_.max_memory_bytes);
  }
  bool ended_early() const { return bytes_ended_ || picture_ended_; }
  DecodeFailure failure();

 private:
  static JpegSession& of(j_common_ptr info) {
    return *static_cast<JpegSession*>(info->client_data);
  }
  static void on_error(j_common_ptr info) { std::longjmp(of(info).escape_, 1); }
  static void on_message(j_common_ptr info, int level);
  static boolean on_exif(j_decompress_ptr info);

  std::uint64_t blocks_of(const jpeg_component_info& component) const {
    return std::uint64_t{component.width_in_blocks} * component.height_in_blocks *
           (info_.arith_code != 0 ? kArithmeticWeight : 1);
  }
  void add_scan(std::string_view header, ScanWork& work) const;
  bool is_too_much(const ScanWork& work) const {
    return work.scans > limits_.max_scans || work.blocks > limits_.max_scan_blocks;
  }
  ScanWork count_scans() const;

  jpeg_decompress_struct info_{};
  jpeg_error_mgr errors_{};
  std::jmp_buf escape_{};
  std::string_view exif_;
  const DecodeLimits& limits_;
  bool multiple_scans_ = false;
  bool bytes_ended_ = false;    // before the end mark
  bool picture_ended_ = false;  // an end mark where data should be
};

// Warnings never stop libjpeg: it makes pixels up. Two of them mean that a part is missing.
void JpegSession::on_message(j_common_ptr info, int level) {
  if (level >= 0) return;
  JpegSession& session = of(info);
  if (info->err->msg_code == JWRN_JPEG_EOF) session.bytes_ended_ = true;
  if (info->err->msg_code == JWRN_HIT_MARKER && session.info_.unread_marker == JPEG_EOI) {
    session.picture_ended_ = true;
  }
}

// Notes where the first EXIF segment lies and skips it: nothing is copied. The source is one block
// of memory, so the segment lies in one piece.
boolean JpegSession::on_exif(j_decompress_ptr info) {
  using namespace std::string_view_literals;
  JpegSession& session = of(reinterpret_cast<j_common_ptr>(info));
  jpeg_source_mgr& source = *info->src;
  if (source.bytes_in_buffer < 2) return source.fill_input_buffer(info);
  const std::string_view rest(reinterpret_cast<const char*>(source.next_input_byte),
                              source.bytes_in_buffer);
  const std::size_t length =
      static_cast<std::uint8_t>(rest[0]) * std::size_t{256} + static_cast<std::uint8_t>(rest[1]);
  const std::string_view payload = rest.substr(2, std::max<std::size_t>(length, 2) - 2);
  if (session.exif_.empty() && payload.starts_with("Exif\0"sv)) session.exif_ = payload;
  source.next_input_byte += 2;
  source.bytes_in_buffer -= 2;
  if (length > 2) source.skip_input_data(info, static_cast<long>(length - 2));
  return TRUE;
}

void JpegSession::read_header(std::string_view bytes) {
  jpeg_create_decompress(&info_);
  jpeg_set_marker_processor(&info_, JPEG_APP0 + 1, on_exif);
  jpeg_mem_src(&info_, reinterpret_cast<const unsigned char*>(bytes.data()), bytes.size());
  jpeg_read_header(&info_, TRUE);
}

void JpegSession::choose_output(int target_side) {
  info_.out_color_space = info_.num_components == 4 ? JCS_CMYK : JCS_RGB;
  const JDIMENSION shorter = std::min(info_.image_width, info_.image_height);
  const auto wanted = static_cast<JDIMENSION>(target_side) * 2;
  info_.scale_num = 1;
  info_.scale_denom = 1;
  if (target_side > 0) {
    while (info_.scale_denom < 8 && shorter / (info_.scale_denom * 2) >= wanted) {
      info_.scale_denom *= 2;
    }
  }
  jpeg_calc_output_dimensions(&info_);
  multiple_scans_ = jpeg_has_multiple_scans(&info_) != 0;
}

std::uint64_t JpegSession::needed_bytes() const {
  const std::uint64_t copies = swaps_sides(orientation()) ? 2 : 1;
  std::uint64_t bytes = std::uint64_t{info_.output_width} * info_.output_height * 3 * copies;
  for (int index = 0; index < info_.num_components; ++index) {
    const jpeg_component_info& component = info_.comp_info[index];
    // All coefficients are kept until the last scan, or a row of blocks.
    const std::uint64_t rows = multiple_scans_ ? component.height_in_blocks : 4;
    bytes += component.width_in_blocks * rows * kCoefficientBytes;
  }
  return bytes;
}

// header: the number of the scan's components, then two bytes for each, its name first.
void JpegSession::add_scan(std::string_view header, ScanWork& work) const {
  ++work.scans;
  const auto byte = [&](std::size_t at) {
    return at < header.size() ? static_cast<std::uint8_t>(header[at]) : -1;
  };
  for (int named = 0; named < byte(0); ++named) {
    for (int index = 0; index < info_.num_components; ++index) {
      const jpeg_component_info& component = info_.comp_info[index];
      if (component.component_id == byte(1 + 2 * static_cast<std::size_t>(named))) {
        work.blocks += blocks_of(component);
      }
    }
  }
}

// libjpeg counts scans only by decoding them; this walks from marker to marker as libjpeg does and
// decodes nothing. The header of the first scan has been read.
ScanWork JpegSession::count_scans() const {
  ScanWork work = {.scans = 1};
  for (int index = 0; index < info_.comps_in_scan; ++index) {
    work.blocks += blocks_of(*info_.cur_comp_info[index]);
  }
  const std::string_view bytes(reinterpret_cast<const char*>(info_.src->next_input_byte),
                               multiple_scans_ ? info_.src->bytes_in_buffer : 0);
  std::size_t at = 0;
  while (!is_too_much(work) && (at = bytes.find('\xff', at)) != std::string_view::npos &&
         at + 1 < bytes.size()) {
    const int marker = static_cast<std::uint8_t>(bytes[at + 1]);
    if (marker == 0xff) {  // fill byte
      ++at;
      continue;
    }
    at += 2;
    const bool restart = marker >= JPEG_RST0 && marker <= JPEG_RST0 + 7;
    if (marker < 0xc0 || restart) continue;  // inside the data of a scan
    if (marker == JPEG_EOI || at + 2 > bytes.size()) break;
    const std::size_t length = static_cast<std::uint8_t>(bytes[at]) * std::size_t{256} +
                               static_cast<std::uint8_t>(bytes[at + 1]);
    if (marker == 0xda) add_scan(bytes.substr(at + 2, length), work);
    at += length;
  }
  return work;
}

expected<void, DecodeFailure> JpegSession::check_scans() const {
  const ScanWork work = count_scans();
  if (work.scans > limits_.max_scans) {
    return failed(DecodeFailure{DecodeFailureKind::kTooLarge,
                                "JPEG has more than " + std::to_string(limits_.max_scans) +
                                    " scans, the limit; store it with fewer"});
  }
  if (work.blocks > limits_.max_scan_blocks) {
    return failed(DecodeFailure{DecodeFailureKind::kTooLarge,
                                "decoding the scans of this JPEG would take more than " +
                                    std::to_string(limits_.max_scan_blocks) +
                                    " steps, the limit; store it smaller or as a baseline JPEG"});
  }
  return {};
}

void JpegSession::read_pixels(Image& image, std::uint8_t* cmyk_row) {
  jpeg_start_decompress(&info_);
  while (info_.output_scanline < info_.output_height) {
    const int y = static_cast<int>(info_.output_scanline);
    if (info_.out_color_space == JCS_CMYK) {
      jpeg_read_scanlines(&info_, &cmyk_row, 1);
      cmyk_to_rgb(cmyk_row, image.width, image.row(y));
      continue;
    }
    constexpr int kRows = 16;
    const int count = std::min(kRows, image.height - y);
    JSAMPROW rows[kRows];
    for (int index = 0; index < count; ++index) rows[index] = image.row(y + index);
    jpeg_read_scanlines(&info_, rows, static_cast<JDIMENSION>(count));
  }
  jpeg_finish_decompress(&info_);
}

DecodeFailure JpegSession::failure() {
  if (ended_early()) {
    return {DecodeFailureKind::kTruncated,
            "JPEG ends early: expected picture data and an end mark; copy the file again"};
  }
  std::array<char, JMSG_LENGTH_MAX> reason{};
  errors_.format_message(reinterpret_cast<j_common_ptr>(&info_), reason.data());
  const std::string message = "JPEG cannot be decoded: " + std::string(reason.data());
  switch (errors_.msg_code) {
    case JERR_BAD_PRECISION:       // 12 bits
    case JERR_SOF_UNSUPPORTED:     // lossless, hierarchical
    case JERR_ARITH_NOTIMPL:       // a libjpeg built without it
    case JERR_CONVERSION_NOTIMPL:  // two components, five, …
    case JERR_COMPONENT_COUNT:
    case JERR_FRACT_SAMPLE_NOTIMPL:
    case JERR_CCIR601_NOTIMPL:
      return {DecodeFailureKind::kUnsupportedFormat,
              message + "; convert it to an 8-bit baseline or progressive JPEG"};
    case JERR_OUT_OF_MEMORY:
    case JERR_NO_BACKING_STORE:  // beyond max_memory_to_use
    case JERR_IMAGE_TOO_BIG:
    case JERR_WIDTH_OVERFLOW: return {DecodeFailureKind::kTooLarge, message};
    default: return {DecodeFailureKind::kCorrupt, message};
  }
}

}  // namespace

expected<int, DecodeFailure> JpegReader::read(std::string_view bytes, const DecodeLimits& limits,
                                              int target_side, Image& image) {
  JpegSession session(limits);
  const jpeg_decompress_struct& info = session.info();
  if (!session.guarded([&] { session.read_header(bytes); })) return failed(session.failure());
  if (const auto fits =
          check_pixels(ImageFormat::kJpeg, info.image_width, info.image_height, limits);
      !fits) {
    return failed(fits.error());
  }
  if (!session.guarded([&] { session.choose_output(target_side); })) {
    return failed(session.failure());
  }
  if (const auto fits = check_memory(ImageFormat::kJpeg, session.needed_bytes(), limits); !fits) {
    return failed(fits.error());
  }
  if (const auto fits = session.check_scans(); !fits) return failed(fits.error());
  session.limit_memory();
  image.set_size(static_cast<int>(info.output_width), static_cast<int>(info.output_height));
  if (info.num_components == 4) cmyk_row_.resize(std::size_t{info.output_width} * 4);
  const bool done = session.guarded([&] { session.read_pixels(image, cmyk_row_.data()); });
  if (!done || session.ended_early()) return failed(session.failure());
  return session.orientation();
}

}  // namespace pomona
