// SPDX-License-Identifier: Apache-2.0
// Text and binary, in any of Arrow's layouts.
#include <algorithm>
#include <array>
#include <cstddef>
#include <cstdint>
#include <cstring>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "columns/arrow_builders.h"
#include "columns/arrow_import_column.h"

namespace pomona::python {
namespace {

constexpr std::array<std::string_view, 7> kTextFormats = {"u", "U", "vu", "z", "Z", "vz", "n"};

bool is_plain_text(const ArrowSchema& schema) {
  return schema.format != nullptr && schema.dictionary == nullptr &&
         std::ranges::find(kTextFormats, schema.format) != kTextFormats.end();
}

bool is_binary(const ArrowSchema& schema) {
  const std::string_view format = schema.format;
  return format.ends_with('z') || format.ends_with('Z');
}

template <typename Offset>
void check_offsets(const std::string& name, const ArrowChunk& chunk) {
  const Offset* offsets = chunk.values<Offset>(1) + chunk.offset;
  if (offsets[0] < 0 || !std::is_sorted(offsets, offsets + chunk.length + 1)) {
    refuse_column(name, "its offsets do not ascend");
  }
}

// The values of a chunk that is no dictionary.
class PlainText {
 public:
  PlainText(const std::string& name, std::string_view format, const ArrowChunk& chunk)
      : name_(name), chunk_(chunk), layout_(format.front()) {
    if (layout_ == 'v') {
      const std::int64_t count = chunk.array->n_buffers;
      if (count < 3 || chunk.array->buffers[1] == nullptr ||
          (count > 3 && chunk.array->buffers[count - 1] == nullptr)) {
        refuse_column(name, "it lacks buffers of its views");
      }
    } else if (layout_ != 'n') {
      check_text_buffers();
    }
  }

  std::optional<std::string_view> at(std::int64_t row) const {
    if (layout_ == 'n' || !chunk_.valid(row)) return std::nullopt;
    if (layout_ == 'v') return view_at(row);
    if (layout_ == 'u' || layout_ == 'z') return between<std::int32_t>(row);
    return between<std::int64_t>(row);
  }

 private:
  // Producers leave out the text where all of it is empty.
  void check_text_buffers() const {
    if (chunk_.array->n_buffers != 3 || chunk_.array->buffers[1] == nullptr) {
      refuse_column(name_, "it lacks buffers of its type");
    }
    const bool small = layout_ == 'u' || layout_ == 'z';
    small ? check_offsets<std::int32_t>(name_, chunk_) : check_offsets<std::int64_t>(name_, chunk_);
    const std::int64_t end = small ? chunk_.values<std::int32_t>(1)[chunk_.offset + chunk_.length]
                                   : chunk_.values<std::int64_t>(1)[chunk_.offset + chunk_.length];
    if (end > 0 && chunk_.array->buffers[2] == nullptr) refuse_column(name_, "it has no text");
  }

  template <typename Offset>
  std::string_view between(std::int64_t row) const {
    const Offset* offsets = chunk_.values<Offset>(1) + chunk_.offset + row;
    const auto size = static_cast<std::size_t>(offsets[1] - offsets[0]);
    return size == 0 ? std::string_view()
                     : std::string_view(chunk_.values<char>(2) + offsets[0], size);
  }

  std::string_view view_at(std::int64_t row) const {
    constexpr std::int64_t kViewSize = 16;
    constexpr std::int32_t kMostInline = 12;
    const char* view = chunk_.values<char>(1) + ((chunk_.offset + row) * kViewSize);
    std::array<std::int32_t, 4> words{};  // length, first characters, buffer, offset
    std::memcpy(words.data(), view, kViewSize);
    const std::int64_t length = words[0];
    if (length >= 0 && length <= kMostInline) return {view + 4, static_cast<std::size_t>(length)};
    const std::int64_t buffers = chunk_.array->n_buffers - 3;
    const auto* sizes = chunk_.values<std::int64_t>(chunk_.array->n_buffers - 1);
    if (length < 0 || words[2] < 0 || words[2] >= buffers || words[3] < 0 ||
        words[3] + length > sizes[words[2]]) {
      refuse_column(name_, "a view points outside its buffers");
    }
    return {chunk_.values<char>(2 + words[2]) + words[3], static_cast<std::size_t>(length)};
  }

  const std::string& name_;
  const ArrowChunk& chunk_;
  char layout_;
};

std::int64_t index_at(char format, const ArrowChunk& chunk, std::int64_t row) {
  const std::int64_t at = chunk.offset + row;
  switch (format) {
    case 'c': return chunk.values<std::int8_t>(1)[at];
    case 'C': return chunk.values<std::uint8_t>(1)[at];
    case 's': return chunk.values<std::int16_t>(1)[at];
    case 'S': return chunk.values<std::uint16_t>(1)[at];
    case 'i': return chunk.values<std::int32_t>(1)[at];
    case 'I': return chunk.values<std::uint32_t>(1)[at];
    // An index of 2⁶³ and above is negative here, and refused like any other that is too large.
    default: return chunk.values<std::int64_t>(1)[at];
  }
}

// Calls `take` with the value of each row, or none for null.
template <typename Take>
void each_value(const ArrowSchema& schema, const ArrowChunk& chunk, const Take& take) {
  const std::string name = name_of(schema);
  if (schema.dictionary == nullptr) {
    const PlainText text(name, schema.format, chunk);
    for (std::int64_t row = 0; row < chunk.length; ++row) take(text.at(row));
    return;
  }
  check_buffers(name, chunk, 2);
  const ArrowArray* values = chunk.array->dictionary;
  if (values == nullptr) refuse_column(name, "it lacks its dictionary");
  const ArrowChunk dictionary{values, values->offset, values->length, 0, chunk.owner};
  std::optional<PlainText> text;
  if (dictionary.length > 0) text.emplace(name, schema.dictionary->format, dictionary);
  for (std::int64_t row = 0; row < chunk.length; ++row) {
    if (!chunk.valid(row)) {
      take(std::nullopt);
      continue;
    }
    const std::int64_t index = index_at(*schema.format, chunk, row);
    if (!text || index < 0 || index >= dictionary.length) {
      refuse_column(name, "row " + std::to_string(chunk.row + row) + " has the index " +
                              std::to_string(index) + " of a dictionary of " +
                              std::to_string(dictionary.length) + " values");
    }
    take(text->at(index));
  }
}

// A single chunk of a layout that we have keeps its memory.
ArrowColumn same_memory(const ArrowSchema& schema, const ArrowChunk& chunk) {
  ArrowColumn column;
  column.name = name_of(schema);
  const PlainText checked(column.name, schema.format, chunk);
  column.format = schema.format;
  column.length = chunk.length;
  column.offset = chunk.offset;
  column.nulls = chunk.nulls();
  column.buffers = {column.nulls > 0 ? chunk.array->buffers[0] : nullptr, chunk.array->buffers[1],
                    chunk.array->buffers[2]};
  column.owner = chunk.owner;
  return column;
}

}  // namespace

bool is_text(const ArrowSchema& schema) {
  constexpr std::string_view kIndices = "cCsSiIlL";
  const std::string_view format = schema.format;
  if (schema.dictionary == nullptr) return is_plain_text(schema);
  return is_plain_text(*schema.dictionary) && format.size() == 1 &&
         kIndices.find(format) != std::string_view::npos;
}

ArrowColumn import_text(const ArrowSchema& schema, std::span<const ArrowChunk> chunks) {
  const ArrowSchema& values = schema.dictionary == nullptr ? schema : *schema.dictionary;
  const std::string_view format = schema.format;
  if (chunks.size() == 1 && schema.dictionary == nullptr && format.size() == 1 && format != "n") {
    return same_memory(schema, chunks.front());
  }
  std::int64_t rows = 0;
  std::size_t bytes = 0;
  for (const ArrowChunk& chunk : chunks) {
    rows += chunk.length;
    each_value(schema, chunk, [&](std::optional<std::string_view> text) {
      if (text) bytes += text->size();
    });
  }
  TextBuilder built(is_binary(values));
  built.reserve(rows, bytes);
  for (const ArrowChunk& chunk : chunks) {
    each_value(schema, chunk, [&](std::optional<std::string_view> text) {
      text ? built.append(*text) : built.append_null();
    });
  }
  return std::move(built).finish(name_of(schema));
}

}  // namespace pomona::python
