// SPDX-License-Identifier: Apache-2.0
// Lists of floating-point numbers, in any of Arrow's layouts, as lists of one width. Numbers of
// half precision become float32.
#include <algorithm>
#include <charconv>
#include <cstddef>
#include <cstdint>
#include <iterator>
#include <span>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "columns/arrow_builders.h"
#include "columns/arrow_import_column.h"

namespace pomona::python {
namespace {

using Chunks = std::span<const ArrowChunk>;

struct Range {
  std::int64_t first = 0;  // item, not counting the offset of the items
  std::int64_t count = 0;
};

// One chunk's lists, by their layout.
class Lists {
 public:
  Lists(const std::string& name, std::string_view format, const ArrowChunk& chunk)
      : name_(name), format_(format), chunk_(chunk) {
    const std::int64_t buffers = format.starts_with("+w:") ? 1 : format.starts_with("+v") ? 3 : 2;
    check_buffers(name, chunk, buffers);
    if (chunk.array->n_children != 1) refuse_column(name, "its lists have no items");
    check_buffers(name, items(), 2);
    if (buffers == 1) std::from_chars(format.data() + 3, format.data() + format.size(), width_);
    if (width_ < 0) refuse_column(name, "its lists have a negative length");
  }

  // All that the child has.
  ArrowChunk items() const {
    const ArrowArray* items = chunk_.array->children[0];
    return {items, items->offset, items->length, 0, chunk_.owner};
  }

  Range at(std::int64_t row) const {
    const Range range = range_at(chunk_.offset + row);
    const std::int64_t all = chunk_.array->children[0]->length;
    if (range.first < 0 || range.count < 0 || range.count > all ||
        range.first > all - range.count) {
      refuse_column(name_, "the list in row " + std::to_string(chunk_.row + row) +
                               " reaches beyond its items");
    }
    return range;
  }

 private:
  Range range_at(std::int64_t at) const {
    if (format_ == "+l") return between<std::int32_t>(at);
    if (format_ == "+L") return between<std::int64_t>(at);
    if (format_ == "+vl") return view<std::int32_t>(at);
    if (format_ == "+vL") return view<std::int64_t>(at);
    return {at * width_, width_};
  }
  template <typename Offset>
  Range between(std::int64_t at) const {
    const Offset* offsets = chunk_.values<Offset>(1) + at;
    return {offsets[0], std::int64_t{offsets[1]} - offsets[0]};
  }
  template <typename Offset>
  Range view(std::int64_t at) const {
    return {chunk_.values<Offset>(1)[at], chunk_.values<Offset>(2)[at]};
  }

  const std::string& name_;
  std::string_view format_;
  const ArrowChunk& chunk_;
  std::int64_t width_ = 0;
};

[[noreturn]] void refuse_row(const std::string& name, std::int64_t row,
                             const std::string& problem) {
  refuse_column(name, "row " + std::to_string(row) + " " + problem);
}

void check_row(const std::string& name, const ArrowChunk& chunk, std::int64_t at) {
  if (!chunk.valid(at)) {
    refuse_row(name, chunk.row + at, "is null; drop it, or read the table without this column");
  }
}

// Checks each list, and appends where it begins.
void append_starts(const std::string& name, const Lists& lists, const ArrowChunk& chunk,
                   std::int64_t width, std::vector<std::int64_t>& starts) {
  const ArrowChunk items = lists.items();
  const bool nullable = items.array->buffers[0] != nullptr && items.array->null_count != 0;
  for (std::int64_t at = 0; at < chunk.length; ++at) {
    check_row(name, chunk, at);
    const Range range = lists.at(at);
    if (range.count != width) {
      refuse_row(name, chunk.row + at,
                 "has a list of " + std::to_string(range.count) + " numbers, and row 0 one of " +
                     std::to_string(width));
    }
    for (std::int64_t item = 0; nullable && item < width; ++item) {
      if (!items.valid(range.first + item)) {
        refuse_row(name, chunk.row + at,
                   "has a null at position " + std::to_string(item) + " of its list");
      }
    }
    starts.push_back(items.offset + range.first);
  }
}

bool in_one_piece(std::span<const std::int64_t> starts, std::int64_t width) {
  const auto gap = std::ranges::adjacent_find(
      starts, [width](std::int64_t first, std::int64_t second) { return second - first != width; });
  return gap == starts.end();
}

ArrowColumn same_items(char format, const ArrowChunk& items, std::int64_t first,
                       std::int64_t count) {
  ArrowColumn column;
  column.format = format;
  column.length = count;
  column.offset = first;
  column.buffers = {nullptr, items.array->buffers[1]};
  column.owner = items.owner;
  return column;
}

template <typename To, typename From, typename Convert>
ArrowColumn copied_items(char format, Chunks chunks, std::span<const std::int64_t> starts,
                         std::int64_t width, const Convert& convert) {
  std::vector<To> values;
  values.reserve(starts.size() * static_cast<std::size_t>(width));
  for (const ArrowChunk& chunk : chunks) {
    const auto* items = static_cast<const From*>(chunk.array->children[0]->buffers[1]);
    for (std::int64_t at = 0; at < chunk.length; ++at) {
      const From* first = items + starts[static_cast<std::size_t>(chunk.row + at)];
      std::transform(first, first + width, std::back_inserter(values), convert);
    }
  }
  return column_of("item", std::string(1, format), std::move(values));
}

}  // namespace

bool is_list_of_floats(const ArrowSchema& schema) {
  const std::string_view format = schema.format;
  const bool list = format == "+l" || format == "+L" || format == "+vl" || format == "+vL" ||
                    format.starts_with("+w:");
  if (!list || schema.dictionary != nullptr || schema.n_children != 1) return false;
  const ArrowSchema& item = *schema.children[0];
  const std::string_view items = item.format != nullptr ? item.format : "";
  return item.dictionary == nullptr && (items == "e" || items == "f" || items == "g");
}

ArrowColumn import_lists(const ArrowSchema& schema, Chunks chunks) {
  const std::string name = name_of(schema);
  const std::string_view format = schema.format;
  const char item = *schema.children[0]->format;
  std::int64_t width = 0;
  if (format.starts_with("+w:")) {
    std::from_chars(format.data() + 3, format.data() + format.size(), width);
  } else if (!chunks.empty()) {
    check_row(name, chunks.front(), 0);
    width = Lists(name, format, chunks.front()).at(0).count;
  }
  std::vector<std::int64_t> starts;
  for (const ArrowChunk& chunk : chunks) {
    append_starts(name, Lists(name, format, chunk), chunk, width, starts);
  }
  const auto rows = static_cast<std::int64_t>(starts.size());
  const auto identity = [](auto value) { return value; };
  ArrowColumn items;
  if (item == 'e') {
    items = copied_items<float, std::uint16_t>('f', chunks, starts, width, &float_of_half);
  } else if (chunks.size() == 1 && in_one_piece(starts, width)) {
    const Lists lists(name, format, chunks.front());
    items = same_items(item, lists.items(), starts.front(), rows * width);
  } else if (item == 'f') {
    items = copied_items<float, float>('f', chunks, starts, width, identity);
  } else {
    items = copied_items<double, double>('g', chunks, starts, width, identity);
  }
  return list_column(name, std::move(items), rows, width);
}

}  // namespace pomona::python
