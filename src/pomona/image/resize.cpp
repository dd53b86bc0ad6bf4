// SPDX-License-Identifier: Apache-2.0
#include "pomona/image/resize.h"

#include <algorithm>
#include <array>
#include <cassert>
#include <cmath>
#include <cstddef>
#include <cstdint>
#include <cstring>
#include <utility>
#include <vector>

#include "pomona/image/convolve.h"
#include "pomona/image/filter_table.h"

namespace pomona {
namespace {

constexpr std::uint8_t kGrey = 127;

std::size_t row_bytes_of(int width) { return static_cast<std::size_t>(width) * 3; }

// Where a result goes: the whole of a picture or a rectangle of it.
struct Target {
  std::uint8_t* pixels;
  std::size_t stride;
  int width;
  int height;

  std::uint8_t* row(int y) const { return pixels + static_cast<std::size_t>(y) * stride; }
};

Box whole(const Image& image) {
  return {0, 0, static_cast<double>(image.width), static_cast<double>(image.height)};
}

}  // namespace

struct Resizer::State {
  const ConvolveKernels& kernels = fastest_kernels();
  // Photographs of one set mostly share a few sizes.
  std::array<FilterTable, 8> tables;
  std::size_t next_table = 0;
  std::vector<std::uint8_t> lines;   // resized along, not yet across
  std::vector<std::uint8_t> padded;  // two source lines too near the end of the picture

  const FilterTable& table(const LineResize& resize, const FilterTable* keep);
  void along(const Image& source, const FilterTable& table, int first_line, int end_line,
             std::size_t stride);
  void resize(const Image& source, const Box& box, ResizeFilter filter, const Target& target);
};

// `keep` is in use and not replaced.
const FilterTable& Resizer::State::table(const LineResize& resize, const FilterTable* keep) {
  for (const FilterTable& known : tables) {
    if (known.made_for() == resize) return known;
  }
  if (&tables[next_table] == keep) next_table = (next_table + 1) % tables.size();
  FilterTable& made = tables[next_table];
  next_table = (next_table + 1) % tables.size();
  made.build(resize);
  return made;
}

// Resizes source lines [first_line, end_line) along into `lines`, `stride` bytes apart.
void Resizer::State::along(const Image& source, const FilterTable& table, int first_line,
                           int end_line, std::size_t stride) {
  const std::size_t row_bytes = row_bytes_of(source.width);
  const std::size_t reach = std::max(table_reach(table), row_bytes);
  const std::uint8_t* end =
      source.pixels.data() + row_bytes * static_cast<std::size_t>(source.height);
  padded.resize(2 * reach);
  lines.resize(stride * static_cast<std::size_t>(end_line - first_line + 1));
  std::uint8_t* result = lines.data();
  for (int y = first_line; y < end_line; y += 2, result += 2 * stride) {
    // An odd last line is its own companion; `lines` has room for the copy.
    const std::uint8_t* sources[2] = {source.row(y), source.row(std::min(y + 1, end_line - 1))};
    for (std::size_t index = 0; index < 2; ++index) {
      if (static_cast<std::size_t>(end - sources[index]) >= reach) continue;
      std::uint8_t* copy = padded.data() + index * reach;
      std::memcpy(copy, sources[index], row_bytes);
      sources[index] = copy;
    }
    std::uint8_t* const results[2] = {result, result + stride};
    kernels.along_lines(table, sources, results);
  }
}

void Resizer::State::resize(const Image& source, const Box& box, ResizeFilter filter,
                            const Target& target) {
  assert(box.left >= 0 && box.left < box.right && box.right <= source.width);
  assert(box.top >= 0 && box.top < box.bottom && box.bottom <= source.height);
  const bool resizes_along =
      target.width != source.width || box.left != 0 || box.right != target.width;
  const bool resizes_across =
      target.height != source.height || box.top != 0 || box.bottom != target.height;

  const FilterTable* across = nullptr;
  int first_line = 0;
  int end_line = source.height;
  if (resizes_across) {
    across = &table({source.height, static_cast<float>(box.top), static_cast<float>(box.bottom),
                     target.height, filter},
                    nullptr);
    first_line = across->source_begin();
    end_line = across->source_end();
  }
  const std::uint8_t* from = source.row(first_line);
  std::size_t stride = row_bytes_of(source.width);
  if (resizes_along) {
    stride = row_bytes_of((target.width + 3) / 4 * 4) + kLineSlack;
    const FilterTable& along_table = table({source.width, static_cast<float>(box.left),
                                            static_cast<float>(box.right), target.width, filter},
                                           across);
    along(source, along_table, first_line, end_line, stride);
    from = lines.data();
  }
  const std::size_t bytes = row_bytes_of(target.width);
  for (int y = 0; y < target.height; ++y) {
    if (across != nullptr) {
      const int line = across->first[static_cast<std::size_t>(y)] - first_line;
      kernels.across_lines(*across, y, from + static_cast<std::size_t>(line) * stride, stride,
                           bytes, target.row(y));
    } else {
      std::memcpy(target.row(y), from + static_cast<std::size_t>(y) * stride, bytes);
    }
  }
}

Resizer::Resizer() : state_(std::make_unique<State>()) {}
Resizer::~Resizer() = default;
Resizer::Resizer(Resizer&&) noexcept = default;
Resizer& Resizer::operator=(Resizer&&) noexcept = default;

void Resizer::resize(const Image& source, const Box& box, int width, int height,
                     ResizeFilter filter, Image& result) {
  result.set_size(width, height);
  state_->resize(source, box, filter, {result.pixels.data(), row_bytes_of(width), width, height});
}

void Resizer::resize(const Image& source, int width, int height, ResizeFilter filter,
                     Image& result) {
  resize(source, whole(source), width, height, filter, result);
}

void Resizer::scale(const Image& source, int to, int from, ResizeFilter filter, Image& result) {
  const auto scaled = [&](int side) {
    return std::max(1, static_cast<int>(static_cast<std::int64_t>(side) * to / from));
  };
  resize(source, scaled(source.width), scaled(source.height), filter, result);
}

void Resizer::fit(const Image& source, const Box& part, Fit fit, int side, ResizeFilter filter,
                  Image& result) {
  const double part_width = part.right - part.left;
  const double part_height = part.bottom - part.top;
  if (fit == Fit::kSquash) {
    resize(source, part, side, side, filter, result);
    return;
  }
  if (fit == Fit::kCrop) {
    const double shorter = std::min(part_width, part_height);
    const double left = part.left + (part_width - shorter) / 2;
    const double top = part.top + (part_height - shorter) / 2;
    resize(source, {left, top, left + shorter, top + shorter}, side, side, filter, result);
    return;
  }
  const double scale = side / std::max(part_width, part_height);
  const auto scaled = [&](double length) {
    return std::max(static_cast<int>(std::lround(length * scale)), 1);
  };
  const int width = scaled(part_width);
  const int height = scaled(part_height);
  result.set_size(side, side);
  std::ranges::fill(result.pixels, kGrey);
  std::uint8_t* corner = result.row((side - height) / 2) + std::ptrdiff_t{3} * ((side - width) / 2);
  state_->resize(source, part, filter, {corner, row_bytes_of(side), width, height});
}

void Resizer::fit(const Image& source, Fit fit, int side, ResizeFilter filter, Image& result) {
  this->fit(source, whole(source), fit, side, filter, result);
}

Box middle_of(const Image& image, int percent) {
  const double cut = (100 - percent) / 200.0;
  return {cut * image.width, cut * image.height, (1 - cut) * image.width, (1 - cut) * image.height};
}

}  // namespace pomona
