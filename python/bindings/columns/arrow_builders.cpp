// SPDX-License-Identifier: Apache-2.0
#include "columns/arrow_builders.h"

#include <cstddef>
#include <cstdint>
#include <limits>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "pomona/base/error.h"

namespace pomona::python {
namespace {

constexpr std::int64_t kMostSmallOffset = std::numeric_limits<std::int32_t>::max();

struct TextBuffers {
  std::string text;
  std::vector<std::int32_t> offsets;
  std::vector<std::int64_t> large_offsets;  // instead of the others
  Bitmap validity;
};

}  // namespace

void Bitmap::append(bool bit) {
  if (size_ % 8 == 0) bytes_.push_back(0);
  if (bit) {
    bytes_.back() |= static_cast<std::uint8_t>(1U << (size_ % 8));
  } else {
    ++zeros_;
  }
  ++size_;
}

void TextBuilder::reserve(std::int64_t values, std::size_t bytes) {
  text_.reserve(bytes);
  offsets_.reserve(static_cast<std::size_t>(values) + 1);
  validity_.reserve(values);
}

void TextBuilder::append(std::string_view text) {
  text_.append(text);
  end_value(true);
}

void TextBuilder::append_null() { end_value(false); }

void TextBuilder::end_value(bool valid) {
  offsets_.push_back(static_cast<std::int64_t>(text_.size()));
  validity_.append(valid);
}

ArrowColumn TextBuilder::finish(std::string name) && {
  auto held = std::make_shared<TextBuffers>();
  ArrowColumn column;
  column.name = std::move(name);
  column.length = size();
  held->text = std::move(text_);
  held->validity = std::move(validity_);
  const bool large = offsets_.back() > kMostSmallOffset;
  if (large) {
    held->large_offsets = std::move(offsets_);
  } else {
    held->offsets.assign(offsets_.begin(), offsets_.end());
  }
  column.format = binary_ ? (large ? "Z" : "z") : (large ? "U" : "u");
  column.nulls = held->validity.zeros();
  column.buffers = {column.nulls > 0 ? held->validity.data() : nullptr,
                    large ? static_cast<const void*>(held->large_offsets.data())
                          : static_cast<const void*>(held->offsets.data()),
                    held->text.data()};
  column.owner = std::move(held);
  return column;
}

void AnswersBuilder::append(std::string_view label, double probability) {
  labels_.append(label);
  probabilities_.push_back(probability);
}

void AnswersBuilder::end_row() {
  offsets_.push_back(static_cast<std::int64_t>(probabilities_.size()));
}

ArrowColumn AnswersBuilder::finish(std::string name) && {
  if (offsets_.back() > kMostSmallOffset) {
    throw Error(ErrorKind::kInvalidInput,
                "cannot build the column '" + name + "': it has " +
                    std::to_string(offsets_.back()) + " answers, and at most " +
                    std::to_string(kMostSmallOffset) + " fit; predict fewer photographs at a time");
  }
  ArrowColumn answer;
  answer.name = "item";
  answer.format = "+s";
  answer.length = offsets_.back();
  answer.buffers = {nullptr};
  answer.children.push_back(std::move(labels_).finish("label"));
  answer.children.push_back(column_of("probability", "g", std::move(probabilities_)));

  auto held = std::make_shared<const std::vector<std::int32_t>>(offsets_.begin(), offsets_.end());
  ArrowColumn column;
  column.name = std::move(name);
  column.format = "+l";
  column.length = static_cast<std::int64_t>(held->size()) - 1;
  column.buffers = {nullptr, held->data()};
  column.children.push_back(std::move(answer));
  column.owner = std::move(held);
  return column;
}

ArrowColumn bool_column(std::string name, Bitmap values, std::int64_t length,
                        std::optional<Bitmap> validity) {
  struct Held {
    Bitmap values;
    std::optional<Bitmap> validity;
  };
  auto held = std::make_shared<const Held>(std::move(values), std::move(validity));
  ArrowColumn column;
  column.name = std::move(name);
  column.format = "b";
  column.length = length;
  column.nulls = held->validity ? held->validity->zeros() : 0;
  column.buffers = {held->validity ? held->validity->data() : nullptr, held->values.data()};
  column.owner = std::move(held);
  return column;
}

ArrowColumn list_column(std::string name, ArrowColumn items, std::int64_t rows,
                        std::int64_t width) {
  ArrowColumn column;
  column.name = std::move(name);
  column.format = "+w:" + std::to_string(width);
  column.length = rows;
  column.buffers = {nullptr};
  items.name = "item";
  column.children.push_back(std::move(items));
  return column;
}

}  // namespace pomona::python
