// SPDX-License-Identifier: Apache-2.0
#include "pomona/image/formats/box_reducer.h"

#include <algorithm>
#include <cstring>

#include "pomona/image/formats/decode_scale.h"

namespace pomona {

void BoxReducer::begin(int width, int height, int factor, Image& result) {
  width_ = width;
  height_ = height;
  factor_ = factor;
  rows_ = 0;
  rows_held_ = 0;
  result_ = &result;
  const auto reduced = [&](int side) {
    return static_cast<int>(reduced_side(static_cast<std::uint64_t>(side), factor));
  };
  result.set_size(reduced(width), reduced(height));
  if (factor > 1) sums_.assign(static_cast<std::size_t>(width) * 3, 0);
}

void BoxReducer::add_row(const std::uint8_t* rgb) {
  const std::size_t bytes = static_cast<std::size_t>(width_) * 3;
  if (factor_ == 1) {
    std::memcpy(result_->row(rows_++), rgb, bytes);
    return;
  }
  std::uint16_t* sums = sums_.data();
  for (std::size_t i = 0; i < bytes; ++i) sums[i] = static_cast<std::uint16_t>(sums[i] + rgb[i]);
  ++rows_;
  ++rows_held_;
  if (rows_held_ == factor_ || rows_ == height_) finish_row();
}

void BoxReducer::finish_row() {
  std::uint8_t* to = result_->row((rows_ - 1) / factor_);
  const std::uint16_t* sums = sums_.data();
  for (int x = 0; x < width_; x += factor_, to += 3) {
    const int columns = std::min(factor_, width_ - x);
    std::uint64_t sum[3] = {};
    for (int column = 0; column < columns; ++column, sums += 3) {
      for (int channel = 0; channel < 3; ++channel) sum[channel] += sums[channel];
    }
    const auto pixels = static_cast<std::uint64_t>(columns * rows_held_);
    const std::uint64_t reciprocal = (1U << 24U) / pixels;
    for (int channel = 0; channel < 3; ++channel) {
      to[channel] = static_cast<std::uint8_t>((sum[channel] + pixels / 2) * reciprocal >> 24U);
    }
  }
  std::ranges::fill(sums_, std::uint16_t{0});
  rows_held_ = 0;
}

}  // namespace pomona
