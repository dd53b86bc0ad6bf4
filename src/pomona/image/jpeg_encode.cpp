// SPDX-License-Identifier: Apache-2.0
//
// As in jpeg.cpp: libjpeg's errors leave by longjmp, so calls into it stand in guarded(), whose
// steps hold nothing with a destructor.
#include "pomona/image/jpeg_encode.h"

#include <array>
#include <csetjmp>
#include <cstddef>
#include <cstdint>
#include <cstdio>  // jpeglib.h wants it
#include <string>

#include <jpeglib.h>
// After jpeglib.h.
#include <jerror.h>

#include "pomona/base/error.h"

namespace pomona {
namespace {

// No JPEG of these sides with 4:2:0 is longer, as in libjpeg-turbo's tjBufSize.
std::size_t longest_jpeg(const Image& image) {
  const auto padded = [](int side) { return (static_cast<std::size_t>(side) + 15) / 16 * 16; };
  return padded(image.width) * padded(image.height) * 3 + 2048;
}

}  // namespace

struct JpegEncoder::State {
  jpeg_compress_struct info{};
  jpeg_error_mgr errors{};
  jpeg_destination_mgr destination{};
  std::jmp_buf escape{};
  std::string buffer;
  HuffmanTables tables;

  explicit State(HuffmanTables tables_of_all);
  ~State() { jpeg_destroy_compress(&info); }
  State(const State&) = delete;
  State& operator=(const State&) = delete;

  template <class Step>
  void guarded(Step step) {
    if (setjmp(escape) != 0) fail();
    step();
  }
  [[noreturn]] void fail();
  void write(const Image& image, int quality);
};

JpegEncoder::State::State(HuffmanTables tables_of_all) : tables(tables_of_all) {
  info.err = jpeg_std_error(&errors);
  info.client_data = this;
  errors.error_exit = [](j_common_ptr common) {
    std::longjmp(static_cast<State*>(common->client_data)->escape, 1);
  };
  errors.emit_message = [](j_common_ptr, int) {};
  destination.init_destination = [](j_compress_ptr) {};
  destination.term_destination = [](j_compress_ptr) {};
  destination.empty_output_buffer = [](j_compress_ptr compress) -> boolean {
    ERREXIT(compress, JERR_CANT_SUSPEND);
    return FALSE;
  };
  guarded([this] { jpeg_create_compress(&info); });
  info.dest = &destination;
}

void JpegEncoder::State::fail() {
  std::array<char, JMSG_LENGTH_MAX> reason{};
  errors.format_message(reinterpret_cast<j_common_ptr>(&info), reason.data());
  throw Error(ErrorKind::kInternal, "encoding a JPEG of " + std::to_string(info.image_width) +
                                        " x " + std::to_string(info.image_height) +
                                        " pixels failed: " + reason.data());
}

void JpegEncoder::State::write(const Image& image, int quality) {
  jpeg_abort_compress(&info);  // whatever the call before left behind
  info.image_width = static_cast<JDIMENSION>(image.width);
  info.image_height = static_cast<JDIMENSION>(image.height);
  info.input_components = 3;
  info.in_color_space = JCS_RGB;
  jpeg_set_defaults(&info);  // 4:2:0
  jpeg_set_quality(&info, quality, /*force_baseline=*/TRUE);
  // Optimal tables stay in `info`, so that an encoder writes either these or those.
  info.optimize_coding = tables == HuffmanTables::kOptimal ? TRUE : FALSE;
  jpeg_start_compress(&info, TRUE);
  while (info.next_scanline < info.image_height) {
    // libjpeg does not write to it.
    JSAMPROW row = const_cast<JSAMPROW>(image.row(static_cast<int>(info.next_scanline)));
    jpeg_write_scanlines(&info, &row, 1);
  }
  jpeg_finish_compress(&info);
}

JpegEncoder::JpegEncoder(HuffmanTables tables) : state_(std::make_unique<State>(tables)) {}
JpegEncoder::~JpegEncoder() = default;
JpegEncoder::JpegEncoder(JpegEncoder&&) noexcept = default;
JpegEncoder& JpegEncoder::operator=(JpegEncoder&&) noexcept = default;

void JpegEncoder::encode(const Image& image, int quality, std::string& bytes) {
  State& state = *state_;
  const std::size_t capacity = longest_jpeg(image);
  if (state.buffer.size() < capacity) state.buffer.resize(capacity);
  state.destination.next_output_byte = reinterpret_cast<JOCTET*>(state.buffer.data());
  state.destination.free_in_buffer = state.buffer.size();
  state.guarded([&] { state.write(image, quality); });
  bytes.assign(state.buffer, 0, state.buffer.size() - state.destination.free_in_buffer);
}

}  // namespace pomona
