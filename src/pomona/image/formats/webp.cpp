// SPDX-License-Identifier: Apache-2.0
#include "pomona/image/formats/webp.h"

#include <algorithm>
#include <cstddef>
#include <memory>
#include <string>

#include <webp/decode.h>
#include <webp/demux.h>

#include "pomona/image/formats/decode_scale.h"
#include "pomona/image/formats/over_white.h"
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
  return {
      DecodeFailureKind::kTruncated,
      "WebP ends early: fewer bytes than its header states; copy the file again from where it came "
      "from"};
}

DecodeFailure corrupt(const char* reason) {
  return {DecodeFailureKind::kCorrupt, std::string("WebP cannot be decoded: ") + reason};
}

// Whether all the bytes are there that the RIFF header states.
bool is_whole(std::string_view bytes) {
  std::uint64_t stated = 8;
  for (std::size_t index = 0; index < 4; ++index) {
    stated += std::uint64_t{static_cast<std::uint8_t>(bytes[4 + index])} << (8 * index);
  }
  return bytes.size() >= stated;
}

std::uint64_t area(int width, int height) {
  return static_cast<std::uint64_t>(width) * static_cast<std::uint64_t>(height);
}

std::string_view chunk_of(const WebPDemuxer* demuxer, const char* name) {
  WebPChunkIterator chunk;
  if (WebPDemuxGetChunk(demuxer, name, 1, &chunk) == 0) return "";
  const std::string_view bytes(reinterpret_cast<const char*>(chunk.chunk.bytes), chunk.chunk.size);
  WebPDemuxReleaseChunkIterator(&chunk);
  return bytes;  // of the file
}

// What the first frame needs, and what becomes of it.
struct FramePlan {
  std::uint64_t canvas_width = 0;
  std::uint64_t canvas_height = 0;
  std::uint64_t frame_pixels = 0;
  std::uint64_t copies = 1;  // two where the picture is turned by a quarter
  bool whole_canvas = false;
  bool alpha = false;
  bool lossy = false;
  int scale = 1;

  std::uint64_t canvas_pixels() const { return canvas_width * canvas_height; }
  bool goes_straight_to_canvas() const { return whole_canvas && !alpha; }

  // The canvas, the frame in RGBA where it does not go straight to the canvas, libwebp's own copy
  // of a lossless frame or an alpha plane, with its transforms, and its rows.
  std::uint64_t bytes(int at_scale) const {
    const std::uint64_t result =
        reduced_side(canvas_width, at_scale) * reduced_side(canvas_height, at_scale);
    const std::uint64_t rgba = goes_straight_to_canvas() ? 0 : whole_canvas ? result : frame_pixels;
    return result * 3 * copies + rgba * 4 + frame_pixels * (lossy && !alpha ? 0 : 5) +
           canvas_width * 64;
  }
  // At most, for a file that is next to nothing, on a processor of 2020.
  std::uint64_t nanoseconds() const {
    return frame_pixels * (lossy ? (alpha ? 8U : 4U) : 10U) +
           (goes_straight_to_canvas() || scale > 1 ? 0 : canvas_pixels() * 3) +
           (scale > 1 ? 0 : canvas_pixels() * 6 * (copies - 1));
  }
};

expected<FramePlan, DecodeFailure> plan_frame(const WebPIterator& frame, std::uint64_t width,
                                              std::uint64_t height, int orientation) {
  WebPBitstreamFeatures features;
  const VP8StatusCode status =
      WebPGetFeatures(frame.fragment.bytes, frame.fragment.size, &features);
  if (status != VP8_STATUS_OK) return failed(corrupt("a frame has no valid header"));
  constexpr int kLossy = 1;
  FramePlan plan;
  plan.canvas_width = width;
  plan.canvas_height = height;
  plan.frame_pixels = area(frame.width, frame.height);
  plan.copies = swaps_sides(orientation) ? 2 : 1;
  plan.whole_canvas = plan.frame_pixels == plan.canvas_pixels();
  plan.alpha = frame.has_alpha != 0;
  plan.lossy = features.format == kLossy;
  return plan;
}

// Where the pixels of a frame go, reduced to this width and height.
struct FrameTarget {
  WEBP_CSP_MODE mode = MODE_RGB;
  std::uint8_t* pixels = nullptr;
  int width = 0;
  int height = 0;
};

expected<void, DecodeFailure> decode_frame(const WebPIterator& frame, const FrameTarget& target) {
  WebPDecoderConfig config;
  if (WebPInitDecoderConfig(&config) == 0) return failed(corrupt("libwebp is of another ABI"));
  const int stride = target.width * (target.mode == MODE_RGB ? 3 : 4);
  config.output.colorspace = target.mode;
  config.output.is_external_memory = 1;
  config.output.u.RGBA.rgba = target.pixels;
  config.output.u.RGBA.stride = stride;
  config.output.u.RGBA.size =
      static_cast<std::size_t>(stride) * static_cast<std::size_t>(target.height);
  config.options.use_scaling = target.width != frame.width || target.height != frame.height;
  config.options.scaled_width = target.width;
  config.options.scaled_height = target.height;
  switch (WebPDecode(frame.fragment.bytes, frame.fragment.size, &config)) {
    case VP8_STATUS_OK: return {};
    case VP8_STATUS_NOT_ENOUGH_DATA:
    case VP8_STATUS_SUSPENDED: return failed(truncated());
    default: return failed(corrupt("the data of a frame is damaged"));
  }
}

void compose_frame(const std::uint8_t* rgba, const WebPIterator& frame, Image& image) {
  std::ranges::fill(image.pixels, std::uint8_t{255});
  for (int y = 0; y < frame.height; ++y, rgba += std::ptrdiff_t{4} * frame.width) {
    compose_over_white(rgba, frame.width,
                       image.row(frame.y_offset + y) + std::ptrdiff_t{3} * frame.x_offset);
  }
}

}  // namespace

expected<int, DecodeFailure> WebpReader::read(std::string_view bytes, const DecodeLimits& limits,
                                              int target_side, Image& image) {
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
  const int orientation =
      read_orientation(chunk_of(demuxer.get(), "EXIF"), chunk_of(demuxer.get(), "XMP "));
  expected<FramePlan, DecodeFailure> plan = plan_frame(frame, width, height, orientation);
  if (!plan) return failed(plan.error());
  if (plan->whole_canvas && plan->canvas_pixels() > kMostHeldPixels) {
    plan->scale =
        choose_decode_scale(std::min(width, height), target_side, limits.max_decode_memory,
                            [&](int scale) { return plan->bytes(scale); });
  }
  const int scale = plan->scale;
  if (const auto fits = check_memory(ImageFormat::kWebp, plan->bytes(scale), limits); !fits) {
    return failed(fits.error());
  }
  if (const auto fits = check_time(ImageFormat::kWebp, plan->nanoseconds(), bytes.size(), limits);
      !fits) {
    return failed(fits.error());
  }
  image.set_size(static_cast<int>(reduced_side(width, scale)),
                 static_cast<int>(reduced_side(height, scale)));
  if (plan->goes_straight_to_canvas()) {
    const auto done =
        decode_frame(frame, {MODE_RGB, image.pixels.data(), image.width, image.height});
    if (!done) return failed(done.error());
    return orientation;
  }
  const int frame_width = scale > 1 ? image.width : frame.width;
  const int frame_height = scale > 1 ? image.height : frame.height;
  rgba_.resize(area(frame_width, frame_height) * 4);
  const auto done = decode_frame(frame, {MODE_RGBA, rgba_.data(), frame_width, frame_height});
  if (!done) return failed(done.error());
  frame.width = frame_width;
  frame.height = frame_height;
  compose_frame(rgba_.data(), frame, image);
  return orientation;
}

}  // namespace pomona
