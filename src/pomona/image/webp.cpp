// SPDX-License-Identifier: Apache-2.0
#include "pomona/image/webp.h"

#include <algorithm>
#include <cstddef>
#include <memory>
#include <string>

#include <webp/decode.h>
#include <webp/demux.h>

#include "pomona/image/orientation.h"

namespace pomona {
namespace {

struct DemuxerDeleter {
  void operator()(WebPDemuxer* demuxer) const { WebPDemuxDelete(demuxer); }
};
using Demuxer = std::unique_ptr<WebPDemuxer, DemuxerDeleter>;

struct FrameDeleter {
  void operator()(WebPIterator* frame) const { WebPDemuxReleaseIterator(frame); }
};

DecodeFailure truncated() {
  return {DecodeFailureKind::kTruncated,
          "WebP ends early: fewer bytes than its header tells; copy the file again"};
}

DecodeFailure corrupt(const char* reason) {
  return {DecodeFailureKind::kCorrupt, std::string("WebP cannot be decoded: ") + reason};
}

// Whether all the bytes are there that the RIFF header tells.
bool is_whole(std::string_view bytes) {
  std::uint64_t told = 8;
  for (std::size_t index = 0; index < 4; ++index) {
    told += std::uint64_t{static_cast<std::uint8_t>(bytes[4 + index])} << (8 * index);
  }
  return bytes.size() >= told;
}

std::uint64_t area(int width, int height) {
  return static_cast<std::uint64_t>(width) * static_cast<std::uint64_t>(height);
}

int orientation_of(const WebPDemuxer* demuxer) {
  WebPChunkIterator chunk;
  if (WebPDemuxGetChunk(demuxer, "EXIF", 1, &chunk) == 0) return 1;
  const int orientation =
      read_exif_orientation({reinterpret_cast<const char*>(chunk.chunk.bytes), chunk.chunk.size});
  WebPDemuxReleaseChunkIterator(&chunk);
  return orientation;
}

// Checks what is about to be held: the canvas, the frame in RGBA where it does not go straight to
// the canvas, libwebp's own copy of a lossless frame, with its transforms, or of an alpha plane.
expected<void, DecodeFailure> check_frame(const WebPIterator& frame, std::uint64_t canvas_pixels,
                                          bool direct, int orientation,
                                          const DecodeLimits& limits) {
  WebPBitstreamFeatures features;
  const VP8StatusCode status =
      WebPGetFeatures(frame.fragment.bytes, frame.fragment.size, &features);
  if (status != VP8_STATUS_OK) return failed(corrupt("a frame has no valid header"));
  constexpr int kLossy = 1;
  const std::uint64_t own = features.format == kLossy ? 1 : 5;
  const std::uint64_t per_pixel = (direct ? 0U : 4U) + own;
  return check_memory(ImageFormat::kWebp,
                      canvas_pixels * 3 * (swaps_sides(orientation) ? 2 : 1) +
                          area(frame.width, frame.height) * per_pixel,
                      limits);
}

expected<void, DecodeFailure> decode_frame(const WebPIterator& frame, WEBP_CSP_MODE mode,
                                           std::uint8_t* pixels, std::size_t stride) {
  WebPDecoderConfig config;
  if (WebPInitDecoderConfig(&config) == 0) return failed(corrupt("libwebp is of another ABI"));
  config.output.colorspace = mode;
  config.output.is_external_memory = 1;
  config.output.u.RGBA.rgba = pixels;
  config.output.u.RGBA.stride = static_cast<int>(stride);
  config.output.u.RGBA.size = stride * static_cast<std::size_t>(frame.height);
  switch (WebPDecode(frame.fragment.bytes, frame.fragment.size, &config)) {
    case VP8_STATUS_OK: return {};
    case VP8_STATUS_NOT_ENOUGH_DATA:
    case VP8_STATUS_SUSPENDED: return failed(truncated());
    default: return failed(corrupt("the data of a frame is damaged"));
  }
}

std::uint8_t over_white(int color, int alpha) {
  const int product = color * alpha + 255 * (255 - alpha) + 128;
  return static_cast<std::uint8_t>((product + (product >> 8)) >> 8);  // product / 255, rounded
}

void compose_over_white(const std::uint8_t* rgba, const WebPIterator& frame, Image& image) {
  std::ranges::fill(image.pixels, std::uint8_t{255});
  for (int y = 0; y < frame.height; ++y) {
    std::uint8_t* to = image.row(frame.y_offset + y) + std::ptrdiff_t{3} * frame.x_offset;
    for (int x = 0; x < frame.width; ++x, rgba += 4, to += 3) {
      for (int channel = 0; channel < 3; ++channel) {
        to[channel] = over_white(rgba[channel], rgba[3]);
      }
    }
  }
}

}  // namespace

expected<int, DecodeFailure> WebpReader::read(std::string_view bytes, const DecodeLimits& limits,
                                              Image& image) {
  const WebPData data = {reinterpret_cast<const std::uint8_t*>(bytes.data()), bytes.size()};
  WebPDemuxState state = WEBP_DEMUX_PARSE_ERROR;
  const Demuxer demuxer(WebPDemuxPartial(&data, &state));
  if (state == WEBP_DEMUX_PARSE_ERROR) return failed(corrupt("its chunks make no picture"));
  if (state != WEBP_DEMUX_DONE) {
    return failed(is_whole(bytes) ? corrupt("it has no frame") : truncated());
  }

  const std::uint32_t width = WebPDemuxGetI(demuxer.get(), WEBP_FF_CANVAS_WIDTH);
  const std::uint32_t height = WebPDemuxGetI(demuxer.get(), WEBP_FF_CANVAS_HEIGHT);
  if (const auto fits = check_pixels(ImageFormat::kWebp, width, height, limits); !fits) {
    return failed(fits.error());
  }
  WebPIterator frame;
  if (WebPDemuxGetFrame(demuxer.get(), 1, &frame) == 0) {
    return failed(corrupt("it has no frame"));
  }
  const std::unique_ptr<WebPIterator, FrameDeleter> release(&frame);
  const int orientation = orientation_of(demuxer.get());
  const bool direct = frame.has_alpha == 0 && frame.width == static_cast<int>(width) &&
                      frame.height == static_cast<int>(height);
  if (const auto fits =
          check_frame(frame, std::uint64_t{width} * height, direct, orientation, limits);
      !fits) {
    return failed(fits.error());
  }
  image.set_size(static_cast<int>(width), static_cast<int>(height));
  const auto frame_width = static_cast<std::size_t>(frame.width);
  if (!direct) rgba_.resize(frame_width * static_cast<std::size_t>(frame.height) * 4);
  const auto done = direct ? decode_frame(frame, MODE_RGB, image.pixels.data(), frame_width * 3)
                           : decode_frame(frame, MODE_RGBA, rgba_.data(), frame_width * 4);
  if (!done) return failed(done.error());
  if (!direct) compose_over_white(rgba_.data(), frame, image);
  return orientation;
}

}  // namespace pomona
