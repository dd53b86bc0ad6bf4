// SPDX-License-Identifier: Apache-2.0
// Columns built value by value, in memory of their own. A builder belongs to one thread.
#pragma once

#include <cstddef>
#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "columns/arrow_column.h"

namespace pomona::python {

// Bits in Arrow's order, lowest first.
class Bitmap {
 public:
  void reserve(std::int64_t bits) { bytes_.reserve(static_cast<std::size_t>(bits + 7) / 8); }
  void append(bool bit);
  std::int64_t zeros() const { return zeros_; }
  const void* data() const { return bytes_.data(); }

 private:
  std::vector<std::uint8_t> bytes_;
  std::int64_t size_ = 0;
  std::int64_t zeros_ = 0;
};

// Text or binary: utf8 or binary up to 2 GiB, beyond that large_utf8 or large_binary.
class TextBuilder {
 public:
  explicit TextBuilder(bool binary) : binary_(binary) {}

  void reserve(std::int64_t values, std::size_t bytes);
  void append(std::string_view text);
  void append_null();
  std::int64_t size() const { return static_cast<std::int64_t>(offsets_.size()) - 1; }
  ArrowColumn finish(std::string name) &&;

 private:
  void end_value(bool valid);

  bool binary_;
  std::string text_;
  std::vector<std::int64_t> offsets_{0};
  Bitmap validity_;
};

// list<struct<label, probability>>.
class AnswersBuilder {
 public:
  void append(std::string_view label, double probability);
  void end_row();
  ArrowColumn finish(std::string name) &&;

 private:
  TextBuilder labels_{false};
  std::vector<double> probabilities_;
  std::vector<std::int64_t> offsets_{0};
};

// Of bool, int32, int64, float32 or float64. With `validity` the column keeps it even where all
// rows are valid.
template <typename T>
ArrowColumn column_of(std::string name, std::string format, std::vector<T> values,
                      std::optional<Bitmap> validity = std::nullopt) {
  struct Held {
    std::vector<T> values;
    std::optional<Bitmap> validity;
  };
  ArrowColumn column;
  column.name = std::move(name);
  column.format = std::move(format);
  column.length = static_cast<std::int64_t>(values.size());
  auto held = std::make_shared<const Held>(std::move(values), std::move(validity));
  column.nulls = held->validity ? held->validity->zeros() : 0;
  column.buffers = {held->validity ? held->validity->data() : nullptr, held->values.data()};
  column.owner = std::move(held);
  return column;
}
ArrowColumn bool_column(std::string name, Bitmap values, std::int64_t length,
                        std::optional<Bitmap> validity = std::nullopt);

// A fixed_size_list<item>[width] of `rows` over `items`, which are rows × width values.
ArrowColumn list_column(std::string name, ArrowColumn items, std::int64_t rows, std::int64_t width);

}  // namespace pomona::python
