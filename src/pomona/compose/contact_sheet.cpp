// SPDX-License-Identifier: Apache-2.0
#include "pomona/compose/contact_sheet.h"

#include <algorithm>
#include <cmath>
#include <cstdint>

namespace pomona {
namespace {

constexpr std::size_t kMostOfLabelOnSheet = 6;
// From what is good to look at to what can just be seen.
constexpr int kTiles[] = {160, 96, 64, 48, 32};

std::size_t room(std::size_t pixels) { return kMostSheetPixels / pixels; }

}  // namespace

SheetLayout lay_out_sheet(std::size_t labels, std::size_t pictures) {
  SheetLayout layout;
  layout.labels = labels;
  for (const int tile : kTiles) {
    // Fewer pictures of each rather than smaller ones.
    for (std::size_t each = std::min(pictures, kMostOfLabelOnSheet); each > 0; each = each / 2) {
      layout.tile = tile;
      layout.pictures = each;
      const std::size_t most_columns = room(static_cast<std::size_t>(tile) * each);
      const std::size_t most_lines = room(static_cast<std::size_t>(tile));
      if (most_columns * most_lines < labels) continue;
      const double square = std::sqrt(static_cast<double>(labels) / static_cast<double>(each));
      layout.columns = std::clamp(static_cast<std::size_t>(std::ceil(square)),
                                  (labels + most_lines - 1) / most_lines, most_columns);
      layout.lines = (labels + layout.columns - 1) / layout.columns;
      return layout;
    }
  }
  layout.columns = room(static_cast<std::size_t>(layout.tile));
  layout.lines = layout.columns;
  layout.labels = layout.columns * layout.lines;
  return layout;
}

ContactSheet::ContactSheet(std::size_t labels, std::size_t pictures)
    : layout_(lay_out_sheet(labels, pictures)) {
  const auto tile = static_cast<std::size_t>(layout_.tile);
  image_.set_size(static_cast<int>(layout_.columns * layout_.pictures * tile),
                  static_cast<int>(layout_.lines * tile));
  std::ranges::fill(image_.pixels, std::uint8_t{255});
}

void ContactSheet::put(std::size_t label, std::size_t index, const Image& picture,
                       Resizer& resizer) {
  if (label >= layout_.labels || index >= layout_.pictures) return;
  Image small;
  resizer.resize(picture, layout_.tile, layout_.tile, ResizeFilter::kBicubic, small);
  const std::size_t column = label % layout_.columns * layout_.pictures + index;
  const int top = static_cast<int>(label / layout_.columns) * layout_.tile;
  const std::size_t bytes = static_cast<std::size_t>(layout_.tile) * 3;
  for (int y = 0; y < layout_.tile; ++y) {
    std::copy_n(small.row(y), bytes, image_.row(top + y) + column * bytes);
  }
}

}  // namespace pomona
