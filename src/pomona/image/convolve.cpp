// SPDX-License-Identifier: Apache-2.0
//
// A result is (Σ pixel × weight + half) >> 22, clipped to 8 bits. AVX2 has a fast multiplication
// of 16-bit numbers that adds neighbours (madd) and a slow one of 32-bit numbers; so weights are
// taken in two parts, Σ pixel × weight = (Σ pixel × high) × 2^11 + Σ pixel × low, which is exact.
#include "pomona/image/convolve.h"

#include <algorithm>
#include <cstring>

#if defined(__x86_64__)
#include <immintrin.h>
#endif

namespace pomona {
namespace {

constexpr std::int32_t kHalf = 1 << (kWeightBits - 1);

std::uint8_t clip(std::int32_t sum) {
  return static_cast<std::uint8_t>(std::clamp(sum >> kWeightBits, 0, 255));
}

void portable_along_lines(const FilterTable& table, const std::uint8_t* const sources[2],
                          std::uint8_t* const results[2]) {
  for (int line = 0; line < 2; ++line) {
    const std::int32_t* weight = table.weight.data();
    for (int index = 0; index < table.made_for().result_size; ++index, weight += table.taps) {
      const auto at = static_cast<std::size_t>(index);
      const std::uint8_t* pixel = sources[line] + std::ptrdiff_t{3} * table.first[at];
      std::int32_t red = kHalf;
      std::int32_t green = kHalf;
      std::int32_t blue = kHalf;
      for (int tap = 0; tap < table.count[at]; ++tap, pixel += 3) {
        red += pixel[0] * weight[tap];
        green += pixel[1] * weight[tap];
        blue += pixel[2] * weight[tap];
      }
      std::uint8_t* result = results[line] + at * 3;
      result[0] = clip(red);
      result[1] = clip(green);
      result[2] = clip(blue);
    }
  }
}

void portable_across_lines(const FilterTable& table, int index, const std::uint8_t* source,
                           std::size_t stride, std::size_t bytes, std::uint8_t* result) {
  const auto at = static_cast<std::size_t>(index);
  const std::int32_t* weight = table.weight.data() + at * static_cast<std::size_t>(table.taps);
  // By blocks, so that sums stay near and the compiler can use what vectors there are.
  constexpr std::size_t kBlock = 64;
  for (std::size_t begin = 0; begin < bytes; begin += kBlock) {
    const std::size_t count = std::min(kBlock, bytes - begin);
    std::int32_t sums[kBlock];
    std::fill_n(sums, count, kHalf);
    const std::uint8_t* line = source + begin;
    for (int tap = 0; tap < table.count[at]; ++tap, line += stride) {
      for (std::size_t x = 0; x < count; ++x) sums[x] += line[x] * weight[tap];
    }
    for (std::size_t x = 0; x < count; ++x) result[begin + x] = clip(sums[x]);
  }
}

constexpr ConvolveKernels kPortable = {portable_along_lines, portable_across_lines};

#if defined(__x86_64__)

#define POMONA_AVX2 __attribute__((target("avx2")))

// What a sum of products is collected in.
struct Sums {
  __m256i high;
  __m256i low;
};

POMONA_AVX2 inline void add_products(Sums& sums, __m256i pixel_pairs, const std::int32_t* high_pair,
                                     const std::int32_t* low_pair) {
  sums.high =
      _mm256_add_epi32(sums.high, _mm256_madd_epi16(pixel_pairs, _mm256_set1_epi32(*high_pair)));
  sums.low =
      _mm256_add_epi32(sums.low, _mm256_madd_epi16(pixel_pairs, _mm256_set1_epi32(*low_pair)));
}

POMONA_AVX2 inline __m256i finish(const Sums& sums) {
  return _mm256_srai_epi32(_mm256_add_epi32(_mm256_slli_epi32(sums.high, kLowBits), sums.low),
                           kWeightBits);
}

POMONA_AVX2 inline Sums zero_sums() { return {_mm256_setzero_si256(), _mm256_set1_epi32(kHalf)}; }

// A table as the inner loop wants it, in registers.
struct Taps {
  const int* first;
  const std::int32_t* high_pairs;
  const std::int32_t* low_pairs;
  std::size_t pairs;  // of each result
};

// One result pixel of two lines, a line in each half: red, green, blue, and a fourth of no use.
// kPairs: of each result where known, which spares the loop; 0 otherwise.
template <std::size_t kPairs>
POMONA_AVX2 inline __m256i pixel_of_two_lines(const Taps& taps, std::size_t index,
                                              const std::uint8_t* upper,
                                              const std::uint8_t* lower) {
  // Four pixels lie in twelve bytes; pairs of the same colour side by side, as 16-bit numbers.
  const __m256i first_two =
      _mm256_setr_epi8(0, -1, 3, -1, 1, -1, 4, -1, 2, -1, 5, -1, -1, -1, -1, -1, 0, -1, 3, -1, 1,
                       -1, 4, -1, 2, -1, 5, -1, -1, -1, -1, -1);
  const __m256i last_two =
      _mm256_setr_epi8(6, -1, 9, -1, 7, -1, 10, -1, 8, -1, 11, -1, -1, -1, -1, -1, 6, -1, 9, -1, 7,
                       -1, 10, -1, 8, -1, 11, -1, -1, -1, -1, -1);
  const std::size_t pairs = kPairs > 0 ? kPairs : taps.pairs;
  const std::ptrdiff_t offset = std::ptrdiff_t{3} * taps.first[index];
  upper += offset;
  lower += offset;
  const std::int32_t* high = taps.high_pairs + index * pairs;
  const std::int32_t* low = taps.low_pairs + index * pairs;
  Sums sums = zero_sums();
  for (std::size_t pair = 0; pair < pairs; pair += 2, upper += 12, lower += 12) {
    const __m256i pixels = _mm256_inserti128_si256(
        _mm256_castsi128_si256(_mm_loadu_si128(reinterpret_cast<const __m128i*>(upper))),
        _mm_loadu_si128(reinterpret_cast<const __m128i*>(lower)), 1);
    add_products(sums, _mm256_shuffle_epi8(pixels, first_two), high + pair, low + pair);
    add_products(sums, _mm256_shuffle_epi8(pixels, last_two), high + pair + 1, low + pair + 1);
  }
  return finish(sums);
}

template <std::size_t kPairs>
POMONA_AVX2 void two_lines(const Taps& table, std::size_t results_padded, const std::uint8_t* upper,
                           const std::uint8_t* lower, std::uint8_t* upper_result,
                           std::uint8_t* lower_result) {
  const __m256i drop_fourths =
      _mm256_setr_epi8(0, 1, 2, 4, 5, 6, 8, 9, 10, 12, 13, 14, -1, -1, -1, -1, 0, 1, 2, 4, 5, 6, 8,
                       9, 10, 12, 13, 14, -1, -1, -1, -1);
  const Taps taps = table;  // not to be read again after each store
  for (std::size_t index = 0; index < results_padded; index += 4) {
    const __m256i first_two =
        _mm256_packs_epi32(pixel_of_two_lines<kPairs>(taps, index, upper, lower),
                           pixel_of_two_lines<kPairs>(taps, index + 1, upper, lower));
    const __m256i last_two =
        _mm256_packs_epi32(pixel_of_two_lines<kPairs>(taps, index + 2, upper, lower),
                           pixel_of_two_lines<kPairs>(taps, index + 3, upper, lower));
    const __m256i pixels =
        _mm256_shuffle_epi8(_mm256_packus_epi16(first_two, last_two), drop_fourths);
    _mm_storeu_si128(reinterpret_cast<__m128i*>(upper_result + index * 3),
                     _mm256_castsi256_si128(pixels));
    _mm_storeu_si128(reinterpret_cast<__m128i*>(lower_result + index * 3),
                     _mm256_extracti128_si256(pixels, 1));
  }
}

POMONA_AVX2 void avx2_along_lines(const FilterTable& table, const std::uint8_t* const sources[2],
                                  std::uint8_t* const results[2]) {
  const Taps taps = {table.first.data(), table.high_pairs.data(), table.low_pairs.data(),
                     static_cast<std::size_t>(table.taps) / 2};
  // Two pairs: bilinear and bicubic enlargements.
  const auto kernel = taps.pairs == 2 ? two_lines<2> : two_lines<0>;
  kernel(taps, table.first.size(), sources[0], sources[1], results[0], results[1]);
}

// 32 bytes of the result line.
POMONA_AVX2 inline void block_across_lines(const std::int32_t* high, const std::int32_t* low,
                                           int taps, const std::uint8_t* source, std::size_t stride,
                                           std::uint8_t* result) {
  const __m256i zero = _mm256_setzero_si256();
  Sums sums[4] = {zero_sums(), zero_sums(), zero_sums(), zero_sums()};
  for (int tap = 0; tap < taps; tap += 2, source += 2 * stride, ++high, ++low) {
    // An odd last tap has no line to pair with, and one may not be read beyond the picture.
    const std::uint8_t* next = tap + 1 < taps ? source + stride : source;
    const __m256i a = _mm256_loadu_si256(reinterpret_cast<const __m256i*>(source));
    const __m256i b = _mm256_loadu_si256(reinterpret_cast<const __m256i*>(next));
    const __m256i left = _mm256_unpacklo_epi8(a, b);
    const __m256i right = _mm256_unpackhi_epi8(a, b);
    add_products(sums[0], _mm256_unpacklo_epi8(left, zero), high, low);
    add_products(sums[1], _mm256_unpackhi_epi8(left, zero), high, low);
    add_products(sums[2], _mm256_unpacklo_epi8(right, zero), high, low);
    add_products(sums[3], _mm256_unpackhi_epi8(right, zero), high, low);
  }
  const __m256i left = _mm256_packs_epi32(finish(sums[0]), finish(sums[1]));
  const __m256i right = _mm256_packs_epi32(finish(sums[2]), finish(sums[3]));
  _mm256_storeu_si256(reinterpret_cast<__m256i*>(result), _mm256_packus_epi16(left, right));
}

POMONA_AVX2 void avx2_across_lines(const FilterTable& table, int index, const std::uint8_t* source,
                                   std::size_t stride, std::size_t bytes, std::uint8_t* result) {
  constexpr std::size_t kBlock = 32;
  if (bytes < kBlock) {
    portable_across_lines(table, index, source, stride, bytes, result);
    return;
  }
  const auto at = static_cast<std::size_t>(index);
  const std::size_t pairs = static_cast<std::size_t>(table.taps) / 2;
  const std::int32_t* high = table.high_pairs.data() + at * pairs;
  const std::int32_t* low = table.low_pairs.data() + at * pairs;
  const int taps = table.count[at];
  for (std::size_t x = 0; x < bytes; x += kBlock) {
    const std::size_t from = std::min(x, bytes - kBlock);  // the last block overlaps the one before
    block_across_lines(high, low, taps, source + from, stride, result + from);
  }
}

constexpr ConvolveKernels kAvx2 = {avx2_along_lines, avx2_across_lines};

#endif

}  // namespace

std::size_t table_reach(const FilterTable& table) {
  constexpr int kLoadBytes = 16;
  constexpr int kGroupTaps = 4;
  const int last_first = *std::ranges::max_element(table.first);
  return static_cast<std::size_t>((last_first + table.taps - kGroupTaps) * 3 + kLoadBytes);
}

const ConvolveKernels& portable_kernels() { return kPortable; }

const ConvolveKernels* avx2_kernels() {
#if defined(__x86_64__)
  return __builtin_cpu_supports("avx2") ? &kAvx2 : nullptr;
#else
  return nullptr;
#endif
}

const ConvolveKernels& fastest_kernels() {
  const ConvolveKernels* avx2 = avx2_kernels();
  return avx2 != nullptr ? *avx2 : kPortable;
}

}  // namespace pomona
