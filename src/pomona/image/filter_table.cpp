// SPDX-License-Identifier: Apache-2.0
//
// A result pixel is the mean of the source pixels under a filter centred on it, weighted by the
// filter. When a line is reduced, the filter is stretched by the reduction, so that every source
// pixel counts and nothing aliases. Weights are cut at the ends of the source and scaled to a sum
// of one. Pixel centres lie at halves. Where the window begins and ends, and how weights are
// rounded, follows Pillow's ImagingResample (version 13), so that results are the same bits.
#include "pomona/image/filter_table.h"

#include <algorithm>
#include <cmath>
#include <cstddef>
#include <numbers>

namespace pomona {
namespace {

double sinc(double x) {
  if (x == 0) return 1;
  const double angle = x * std::numbers::pi;
  return std::sin(angle) / angle;
}

// Keys' cubic with a = -1/2.
double cubic(double x) {
  constexpr double kA = -0.5;
  const double distance = std::abs(x);
  if (distance < 1) return ((kA + 2) * distance - (kA + 3)) * distance * distance + 1;
  if (distance < 2) return (((distance - 5) * distance + 8) * distance - 4) * kA;
  return 0;
}

double filter_at(ResizeFilter filter, double x) {
  switch (filter) {
    case ResizeFilter::kBox: return x > -0.5 && x <= 0.5 ? 1 : 0;
    case ResizeFilter::kBilinear: return std::max(1 - std::abs(x), 0.0);
    case ResizeFilter::kBicubic: return cubic(x);
    case ResizeFilter::kLanczos: return x >= -3 && x < 3 ? sinc(x) * sinc(x / 3) : 0;
  }
  return 0;
}

double filter_radius(ResizeFilter filter) {
  switch (filter) {
    case ResizeFilter::kBox: return 0.5;
    case ResizeFilter::kBilinear: return 1;
    case ResizeFilter::kBicubic: return 2;
    case ResizeFilter::kLanczos: return 3;
  }
  return 0;
}

int round_up_to_four(int value) { return (value + 3) / 4 * 4; }

std::int32_t pair_of(int first, int second) {
  return static_cast<std::int32_t>(static_cast<std::uint32_t>(first & 0xffff) |
                                   static_cast<std::uint32_t>(second) << 16U);
}

}  // namespace

void FilterTable::build(const LineResize& resize) {
  made_for_ = resize;
  scale_ = static_cast<double>(resize.end - resize.begin) / resize.result_size;
  stretch_ = std::max(scale_, 1.0);
  place_windows();
  weight.assign(first.size() * static_cast<std::size_t>(taps), 0);
  exact_.resize(static_cast<std::size_t>(taps));
  for (int index = 0; index < made_for_.result_size; ++index) fill_weights(index);
  split_weights();
}

void FilterTable::place_windows() {
  const double radius = filter_radius(made_for_.filter) * stretch_;
  const auto results = static_cast<std::size_t>(round_up_to_four(made_for_.result_size));
  first.assign(results, 0);
  count.assign(results, 0);
  taps = 4;
  for (int index = 0; index < made_for_.result_size; ++index) {
    const auto at = static_cast<std::size_t>(index);
    first[at] = std::max(static_cast<int>(center_of(index) - radius + 0.5), 0);
    const int end =
        std::min(static_cast<int>(center_of(index) + radius + 0.5), made_for_.source_size);
    count[at] = end - first[at];
    taps = std::max(taps, round_up_to_four(count[at]));
  }
}

void FilterTable::fill_weights(int index) {
  const auto at = static_cast<std::size_t>(index);
  const double center = center_of(index);
  const auto used = static_cast<std::size_t>(count[at]);
  double sum = 0;
  for (std::size_t tap = 0; tap < used; ++tap) {
    const double pixel = static_cast<double>(first[at]) + static_cast<double>(tap);
    exact_[tap] = filter_at(made_for_.filter, (pixel - center + 0.5) / stretch_);
    sum += exact_[tap];
  }
  std::int32_t* rounded = weight.data() + at * static_cast<std::size_t>(taps);
  for (std::size_t tap = 0; tap < used; ++tap) {
    const double share = sum != 0 ? exact_[tap] / sum : exact_[tap];
    rounded[tap] = static_cast<std::int32_t>(share * (1 << kWeightBits) + (share < 0 ? -0.5 : 0.5));
  }
}

void FilterTable::split_weights() {
  constexpr int kLowMask = (1 << kLowBits) - 1;
  high_pairs.resize(weight.size() / 2);
  low_pairs.resize(weight.size() / 2);
  for (std::size_t pair = 0; pair < high_pairs.size(); ++pair) {
    const int left = weight[pair * 2];
    const int right = weight[pair * 2 + 1];
    high_pairs[pair] = pair_of(left >> kLowBits, right >> kLowBits);
    low_pairs[pair] = pair_of(left & kLowMask, right & kLowMask);
  }
}

int FilterTable::source_end() const {
  const auto last = static_cast<std::size_t>(made_for_.result_size - 1);
  return first[last] + count[last];
}

}  // namespace pomona
