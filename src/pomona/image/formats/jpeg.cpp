// SPDX-License-Identifier: Apache-2.0
//
// libjpeg reports an error by a call that must not return, and our answer to it is longjmp. A jump
// over a frame with destructors is undefined, so every call into libjpeg stands in guarded(),
// whose steps hold plain numbers and pointers only; memory is made ready outside of them.
#include "pomona/image/formats/jpeg.h"

#include <algorithm>
#include <array>
#include <csetjmp>
#include <cstddef>
#include <cstdint>
#include <cstdio>  // jpeglib.h wants it
#include <cstring>
#include <span>
#include <string>
#include <string_view>

#include <jpeglib.h>
// After jpeglib.h.
#include <jerror.h>

#include "pomona/image/formats/decode_scale.h"
#include "pomona/image/formats/jpeg_scans.h"
#include "pomona/image/orientation.h"

namespace pomona {
namespace {

constexpr std::uint64_t kCoefficientBytes = sizeof(JCOEF) * DCTSIZE2;

// An arithmetic decoder can be made to take ten steps for each value by next to no bytes; Huffman
// codes take a bit at least for whatever they do.
constexpr std::uint64_t kArithmeticWeight = 32;

// What decoding takes at most for data that are next to nothing, on a processor of 2020: a block of
// the only scan, a block of one of several, a pixel of the result.
constexpr std::uint64_t kNanosecondsPerBlock = 16;
constexpr std::uint64_t kNanosecondsPerBlockOfScans = 32;
constexpr std::uint64_t kNanosecondsPerPixel = 4;

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
  JpegSession(const DecodeLimits& limits, LostRows& lost) : limits_(limits), lost_(lost) {
    info_.err = jpeg_std_error(&errors_);
    info_.client_data = this;
    errors_.error_exit = on_error;
    errors_.emit_message = on_message;
    lost_.begin(0);
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
  void read_scans();
  void read_pixels(Image& image, std::uint8_t* cmyk_row);

  const jpeg_decompress_struct& info() const { return info_; }
  int orientation() const { return read_orientation(exif_, xmp_); }
  std::uint64_t needed_bytes(int scale) const;
  expected<void, DecodeFailure> check_scans(std::uint64_t file_bytes) const;
  // Before pixels are read.
  void limit_memory() {
    info_.mem->max_memory_to_use = static_cast<long>(limits_.max_decode_memory);
    lost_.begin(info_.total_iMCU_rows);
  }
  DecodeFailure failure();

 private:
  static JpegSession& of(j_common_ptr info) {
    return *static_cast<JpegSession*>(info->client_data);
  }
  static void on_error(j_common_ptr info) { std::longjmp(of(info).escape_, 1); }
  static void on_message(j_common_ptr info, int level);
  static boolean on_app1(j_decompress_ptr info);

  std::uint64_t blocks_of(const jpeg_component_info& component) const {
    return std::uint64_t{component.width_in_blocks} * component.height_in_blocks *
           (info_.arith_code != 0 ? kArithmeticWeight : 1);
  }
  ScanWork count_scans() const;
  bool skips_padding() const;
  void note_damage();
  void stop_if_damaged_too_much();
  bool has_all_scans() const;

  jpeg_decompress_struct info_{};
  jpeg_error_mgr errors_{};
  std::jmp_buf escape_{};
  std::string_view bytes_;
  std::string_view exif_;
  std::string_view xmp_;
  const DecodeLimits& limits_;
  LostRows& lost_;
  bool multiple_scans_ = false;
  bool bytes_ended_ = false;    // before the end mark
  bool picture_ended_ = false;  // an end mark where data should be
  bool damaged_ = false;
  bool stopped_ = false;  // for damage
  char damage_[JMSG_LENGTH_MAX] = "";
};

// Warnings never stop libjpeg: it makes pixels up. All of them mean damage but for those about what
// a header calls itself; that the bytes end is none where all pixels are there.
void JpegSession::on_message(j_common_ptr info, int level) {
  if (level >= 0) return;
  JpegSession& session = of(info);
  switch (info->err->msg_code) {
    case JWRN_JFIF_MAJOR:
    case JWRN_ADOBE_XFORM: return;
    case JWRN_JPEG_EOF: session.bytes_ended_ = true; return;
    case JWRN_HIT_MARKER: session.picture_ended_ |= session.info_.unread_marker == JPEG_EOI; break;
    case JWRN_EXTRANEOUS_DATA:
      if (session.skips_padding()) return;
      break;
    default: break;
  }
  session.note_damage();
}

// Cameras fill files up with zeros before a marker.
bool JpegSession::skips_padding() const {
  if (bytes_ended_) return false;
  const auto* next = reinterpret_cast<const char*>(info_.src->next_input_byte);
  const auto read = static_cast<std::size_t>(next - bytes_.data());
  const auto skipped = static_cast<std::size_t>(errors_.msg_parm.i[0]);
  if (skipped > read) return false;
  return bytes_.substr(read - skipped, skipped).find_first_not_of('\0') == std::string_view::npos;
}

// What was made of data that are wrong cannot be told from what is right: all is lost up to the
// next restart. Where data are left over, the error lies before.
void JpegSession::note_damage() {
  const bool left_over = errors_.msg_code != JWRN_HIT_MARKER;
  const std::size_t row = info_.input_iMCU_row;
  if (!damaged_) errors_.format_message(reinterpret_cast<j_common_ptr>(&info_), damage_);
  damaged_ = true;
  if (info_.restart_interval == 0 || info_.MCUs_per_row == 0) {
    lost_.add(left_over ? 0 : row, info_.total_iMCU_rows);
  } else {
    // An interval that ends within a row touches one more.
    const bool ends_within = info_.restart_interval % info_.MCUs_per_row != 0;
    const std::size_t rows = info_.restart_interval / info_.MCUs_per_row + (ends_within ? 2U : 0U);
    lost_.add(left_over ? row - std::min(row, rows) : row, row + rows);
  }
  stop_if_damaged_too_much();
}

void JpegSession::stop_if_damaged_too_much() {
  if (limits_.max_damage > 0 && lost_.share() <= limits_.max_damage) return;
  stopped_ = true;
  std::longjmp(escape_, 1);
}

// Notes where the first EXIF segment and the last XMP packet lie and skips them: nothing is copied.
// The source is one block of memory, so a segment lies in one piece.
boolean JpegSession::on_app1(j_decompress_ptr info) {
  using namespace std::string_view_literals;
  constexpr std::string_view kXmp = "http://ns.adobe.com/xap/1.0/\0"sv;
  JpegSession& session = of(reinterpret_cast<j_common_ptr>(info));
  jpeg_source_mgr& source = *info->src;
  if (source.bytes_in_buffer < 2) return source.fill_input_buffer(info);
  const std::string_view rest(reinterpret_cast<const char*>(source.next_input_byte),
                              source.bytes_in_buffer);
  const std::size_t length =
      static_cast<std::uint8_t>(rest[0]) * std::size_t{256} + static_cast<std::uint8_t>(rest[1]);
  const std::string_view payload = rest.substr(2, std::max<std::size_t>(length, 2) - 2);
  if (session.exif_.empty() && payload.starts_with("Exif\0"sv)) session.exif_ = payload;
  if (payload.starts_with(kXmp)) session.xmp_ = payload.substr(kXmp.size());
  source.next_input_byte += 2;
  source.bytes_in_buffer -= 2;
  if (length > 2) source.skip_input_data(info, static_cast<long>(length - 2));
  return TRUE;
}

void JpegSession::read_header(std::string_view bytes) {
  bytes_ = bytes;
  jpeg_create_decompress(&info_);
  jpeg_set_marker_processor(&info_, JPEG_APP0 + 1, on_app1);
  jpeg_mem_src(&info_, reinterpret_cast<const unsigned char*>(bytes.data()), bytes.size());
  jpeg_read_header(&info_, TRUE);
}

void JpegSession::choose_output(int target_side) {
  info_.out_color_space = info_.num_components == 4 ? JCS_CMYK : JCS_RGB;
  multiple_scans_ = jpeg_has_multiple_scans(&info_) != 0;
  info_.scale_num = 1;
  info_.scale_denom = static_cast<unsigned>(choose_decode_scale(
      std::min(info_.image_width, info_.image_height), target_side, limits_.max_decode_memory,
      [this](int scale) { return needed_bytes(scale); }));
  jpeg_calc_output_dimensions(&info_);
}

std::uint64_t JpegSession::needed_bytes(int scale) const {
  const std::uint64_t copies = swaps_sides(orientation()) ? 2 : 1;
  std::uint64_t bytes =
      reduced_side(info_.image_width, scale) * reduced_side(info_.image_height, scale) * 3 * copies;
  for (int index = 0; index < info_.num_components; ++index) {
    const jpeg_component_info& component = info_.comp_info[index];
    // All coefficients are kept until the last scan, or a row of blocks.
    const std::uint64_t rows = multiple_scans_ ? component.height_in_blocks : 4;
    bytes += component.width_in_blocks * rows * kCoefficientBytes;
  }
  return bytes;
}

ScanWork JpegSession::count_scans() const {
  std::array<JpegComponent, MAX_COMPONENTS> components;
  for (int index = 0; index < info_.num_components; ++index) {
    const jpeg_component_info& component = info_.comp_info[index];
    components.at(static_cast<std::size_t>(index)) = {component.component_id, blocks_of(component)};
  }
  ScanWork first = {.scans = 1};
  for (int index = 0; index < info_.comps_in_scan; ++index) {
    first.blocks += blocks_of(*info_.cur_comp_info[index]);
  }
  if (!multiple_scans_) return first;
  return count_jpeg_scans(
      {reinterpret_cast<const char*>(info_.src->next_input_byte), info_.src->bytes_in_buffer},
      std::span(components).first(static_cast<std::size_t>(info_.num_components)), first,
      limits_.max_scans);
}

expected<void, DecodeFailure> JpegSession::check_scans(std::uint64_t file_bytes) const {
  const ScanWork work = count_scans();
  if (work.scans > limits_.max_scans) {
    return failed(DecodeFailure{DecodeFailureKind::kTooLarge,
                                "JPEG has more than " + std::to_string(limits_.max_scans) +
                                    " scans, the limit; store it with fewer"});
  }
  const std::uint64_t pixels = std::uint64_t{info_.output_width} * info_.output_height;
  return check_time(
      ImageFormat::kJpeg,
      work.blocks * (multiple_scans_ ? kNanosecondsPerBlockOfScans : kNanosecondsPerBlock) +
          pixels * kNanosecondsPerPixel,
      file_bytes, limits_);
}

// Of a file without an end mark: whether anything is missing from it.
bool JpegSession::has_all_scans() const {
  if (!multiple_scans_) return true;
  for (int index = 0; index < info_.num_components; ++index) {
    if (info_.comp_info[index].quant_table == nullptr) return false;  // in no scan
    if (info_.progressive_mode == 0 || !bytes_ended_) continue;
    for (const int missing_bits : info_.coef_bits[index]) {
      if (missing_bits != 0) return false;
    }
  }
  return true;
}

// All of them where there are several; else they are read with the pixels.
void JpegSession::read_scans() {
  jpeg_start_decompress(&info_);
  if (!has_all_scans()) {
    if (!damaged_) std::strncpy(damage_, "a part is in no scan", sizeof damage_ - 1);
    damaged_ = true;
    lost_.add_all();
    stop_if_damaged_too_much();
  }
}

void JpegSession::read_pixels(Image& image, std::uint8_t* cmyk_row) {
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
  // Behind damage there may be anything.
  if (!damaged_) jpeg_finish_decompress(&info_);
  // Of arithmetic codes libjpeg goes on without a word where data end.
  if (bytes_ended_ && info_.arith_code != 0) {
    lost_.add_all();
    stop_if_damaged_too_much();
  }
}

DecodeFailure JpegSession::failure() {
  const bool ends_early = bytes_ended_ || picture_ended_;
  if (stopped_ || ends_early) {
    const std::string what = ends_early ? "JPEG ends early: expected picture data and an end mark"
                                        : "JPEG is damaged: " + std::string(damage_);
    const std::string share =
        stopped_ ? "at least " + std::to_string(static_cast<int>(lost_.share() * 100)) +
                       " % of the picture is lost, more than max_damage allows; "
                 : "";
    return {ends_early ? DecodeFailureKind::kTruncated : DecodeFailureKind::kDamaged,
            what + "; " + share + "copy the file again from where it came from"};
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

expected<JpegFacts, DecodeFailure> JpegReader::read(std::string_view bytes,
                                                    const DecodeLimits& limits, int target_side,
                                                    Image& image) {
  JpegSession session(limits, lost_);
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
  if (const auto fits = check_memory(
          ImageFormat::kJpeg, session.needed_bytes(static_cast<int>(info.scale_denom)), limits);
      !fits) {
    return failed(fits.error());
  }
  if (const auto fits = session.check_scans(bytes.size()); !fits) return failed(fits.error());
  session.limit_memory();
  if (!session.guarded([&] { session.read_scans(); })) return failed(session.failure());
  image.set_size(static_cast<int>(info.output_width), static_cast<int>(info.output_height));
  if (info.num_components == 4) cmyk_row_.resize(std::size_t{info.output_width} * 4);
  if (!session.guarded([&] { session.read_pixels(image, cmyk_row_.data()); })) {
    return failed(session.failure());
  }
  return JpegFacts{session.orientation(), lost_.share()};
}

}  // namespace pomona
