// SPDX-License-Identifier: Apache-2.0
// Small pictures of every label on one large one: labels in their order, from left to right and
// from top to bottom, the pictures of each beside each other.
#pragma once

#include <cstddef>
#include <vector>

#include "pomona/image/image.h"
#include "pomona/image/resize.h"

namespace pomona {

// How much there is room for. No side of the sheet is longer than kMostSheetPixels.
inline constexpr int kMostSheetPixels = 3840;
struct SheetLayout {
  std::size_t labels = 0;    // that are shown: the first ones where there are too many
  std::size_t pictures = 0;  // of each
  std::size_t columns = 0;   // of labels
  std::size_t lines = 0;     // …
  int tile = 0;              // side of a picture in pixels
};
// For so many labels with so many pictures each; less of each where there are many labels.
SheetLayout lay_out_sheet(std::size_t labels, std::size_t pictures);

class ContactSheet {
 public:
  ContactSheet(std::size_t labels, std::size_t pictures);

  // Puts a picture in its place, if it has one. Each once; any thread, with a resizer of its own.
  void put(std::size_t label, std::size_t index, const Image& picture, Resizer& resizer);
  // What no picture was put on is white.
  const Image& image() const { return image_; }

 private:
  SheetLayout layout_;
  Image image_;
};

}  // namespace pomona
