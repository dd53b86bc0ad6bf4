// SPDX-License-Identifier: Apache-2.0
#include "pomona/image/convolve.h"

#include <gtest/gtest.h>

#include <cstdint>
#include <vector>

#include "pomona/base/random.h"

namespace pomona {
namespace {

struct Shape {
  int source;
  float begin;
  float end;
  int result;
};

constexpr Shape kShapes[] = {{100, 0, 100, 128},  {100, 0, 100, 96},  {5, 0, 5, 64},
                             {1, 0, 1, 7},        {333, 0, 333, 17},  {64, 3.25F, 50.5F, 31},
                             {40, 20, 20.5F, 12}, {1000, 0, 1000, 1}, {17, 0, 17, 16}};

std::vector<std::uint8_t> noise(std::size_t bytes) {
  Random random(7);
  std::vector<std::uint8_t> result(bytes);
  // Extremes, so that sums overshoot on both sides.
  for (std::uint8_t& byte : result) {
    const auto number = random.next();
    byte = static_cast<std::uint8_t>(number % 3 == 0 ? 0 : number % 3 == 1 ? 255 : number >> 8U);
  }
  return result;
}

class Convolve : public testing::TestWithParam<ResizeFilter> {
 protected:
  void SetUp() override {
    if (avx2_kernels() == nullptr) GTEST_SKIP() << "this processor has no AVX2";
  }
};

TEST_P(Convolve, AlongLinesGivesTheSameBitsOnBothPaths) {
  for (const Shape& shape : kShapes) {
    SCOPED_TRACE(shape.source);
    FilterTable table;
    table.build({shape.source, shape.begin, shape.end, shape.result, GetParam()});
    const std::size_t reach =
        std::max(table_reach(table), static_cast<std::size_t>(shape.source) * 3);
    const std::vector<std::uint8_t> source = noise(2 * reach);
    const std::uint8_t* const sources[2] = {source.data(), source.data() + reach};
    const std::size_t stride = static_cast<std::size_t>(shape.result + 3) * 3 + kLineSlack;
    std::vector<std::uint8_t> portable(2 * stride);
    std::vector<std::uint8_t> avx2(2 * stride);
    std::uint8_t* const portable_lines[2] = {portable.data(), portable.data() + stride};
    std::uint8_t* const avx2_lines[2] = {avx2.data(), avx2.data() + stride};
    portable_kernels().along_lines(table, sources, portable_lines);
    avx2_kernels()->along_lines(table, sources, avx2_lines);
    const std::size_t bytes = static_cast<std::size_t>(shape.result) * 3;
    for (std::size_t line : {std::size_t{0}, stride}) {
      for (std::size_t at = 0; at < bytes; ++at) {
        ASSERT_EQ(portable[line + at], avx2[line + at]) << at;
      }
    }
  }
}

TEST_P(Convolve, AcrossLinesGivesTheSameBitsOnBothPaths) {
  for (const Shape& shape : kShapes) {
    SCOPED_TRACE(shape.source);
    FilterTable table;
    table.build({shape.source, shape.begin, shape.end, shape.result, GetParam()});
    for (const std::size_t bytes : {3U, 31U, 32U, 33U, 96U, 300U}) {
      // Exactly as long as the picture: reading beyond it shows under a sanitizer.
      const std::vector<std::uint8_t> source =
          noise(static_cast<std::size_t>(shape.source) * bytes);
      std::vector<std::uint8_t> portable(bytes);
      std::vector<std::uint8_t> avx2(bytes);
      for (int index = 0; index < shape.result; ++index) {
        const std::uint8_t* first =
            source.data() +
            static_cast<std::size_t>(table.first[static_cast<std::size_t>(index)]) * bytes;
        portable_kernels().across_lines(table, index, first, bytes, bytes, portable.data());
        avx2_kernels()->across_lines(table, index, first, bytes, bytes, avx2.data());
        ASSERT_EQ(portable, avx2) << bytes << " bytes, line " << index;
      }
    }
  }
}

INSTANTIATE_TEST_SUITE_P(Filters, Convolve,
                         testing::Values(ResizeFilter::kBox, ResizeFilter::kBilinear,
                                         ResizeFilter::kBicubic, ResizeFilter::kLanczos));

}  // namespace
}  // namespace pomona
