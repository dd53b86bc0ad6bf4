// SPDX-License-Identifier: Apache-2.0
// Which source pixels, with which weights, make each pixel of a resized line. Private to the
// module: callers use resize.h. One per thread.
#pragma once

#include <cstdint>
#include <vector>

#include "pomona/image/resize.h"

namespace pomona {

// Weights are fixed-point numbers with 22 bits after the point: with 8-bit pixels a sum of them
// just fits 32 bits. Kernels in convolve.cpp that multiply 16-bit numbers take a weight in two
// parts: weight = high × 2^11 + low, 0 <= low < 2^11.
constexpr int kWeightBits = 22;
constexpr int kLowBits = 11;

// What a table is made for.
struct LineResize {
  int source_size = 0;
  // The part of the source line that is resized; may cut through pixels. As coarse as in Pillow.
  float begin = 0;
  float end = 0;
  int result_size = 0;
  ResizeFilter filter = ResizeFilter::kBox;

  bool operator==(const LineResize&) const = default;
};

// Keeps its memory from one build() to the next.
class FilterTable {
 public:
  void build(const LineResize& resize);

  const LineResize& made_for() const { return made_for_; }
  // Source pixels [source_begin, source_end) are all that any result needs.
  int source_begin() const { return first.front(); }
  int source_end() const;

  // Results and taps are padded to multiples of four, by weights of zero.
  int taps = 0;                          // of each result
  std::vector<int> first;                // per result: the source pixel of its first tap
  std::vector<int> count;                // per result: taps that lie in the source
  std::vector<std::int32_t> weight;      // results × taps
  std::vector<std::int32_t> high_pairs;  // results × taps / 2: two 16-bit parts, the first one low
  std::vector<std::int32_t> low_pairs;

 private:
  void place_windows();
  void fill_weights(int index);
  void split_weights();
  double center_of(int index) const { return made_for_.begin + (index + 0.5) * scale_; }

  LineResize made_for_;
  double scale_ = 1;           // source pixels per result pixel
  double stretch_ = 1;         // of the filter
  std::vector<double> exact_;  // weights of one result before rounding
};

}  // namespace pomona
