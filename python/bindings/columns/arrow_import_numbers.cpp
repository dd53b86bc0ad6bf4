// SPDX-License-Identifier: Apache-2.0
// Booleans, integers and floating-point numbers. Small integers become int32, unsigned ones the
// next larger signed type, half precision becomes float32.
#include <bit>
#include <cstddef>
#include <cstdint>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <type_traits>
#include <utility>
#include <vector>

#include "columns/arrow_builders.h"
#include "columns/arrow_import_column.h"

namespace pomona::python {
namespace {

using Chunks = std::span<const ArrowChunk>;

// Half precision, as it lies in memory.
struct Half {
  std::uint16_t bits;
};

template <typename T>
constexpr char kFormat = 0;
template <>
constexpr char kFormat<std::int32_t> = 'i';
template <>
constexpr char kFormat<std::int64_t> = 'l';
template <>
constexpr char kFormat<float> = 'f';
template <>
constexpr char kFormat<double> = 'g';

std::int64_t rows_of(Chunks chunks) {
  std::int64_t rows = 0;
  for (const ArrowChunk& chunk : chunks) rows += chunk.length;
  return rows;
}

// None where no row is null.
std::optional<Bitmap> validity_of(Chunks chunks) {
  std::int64_t nulls = 0;
  for (const ArrowChunk& chunk : chunks) nulls += chunk.nulls();
  if (nulls == 0) return std::nullopt;
  Bitmap validity;
  validity.reserve(rows_of(chunks));
  for (const ArrowChunk& chunk : chunks) {
    for (std::int64_t at = 0; at < chunk.length; ++at) validity.append(chunk.valid(at));
  }
  return validity;
}

ArrowColumn same_numbers(const std::string& name, char format, const ArrowChunk& chunk) {
  ArrowColumn column;
  column.name = name;
  column.format = format;
  column.length = chunk.length;
  column.offset = chunk.offset;
  column.nulls = chunk.nulls();
  column.buffers = {column.nulls > 0 ? chunk.array->buffers[0] : nullptr, chunk.array->buffers[1]};
  column.owner = chunk.owner;
  return column;
}

template <typename To, typename From>
To converted(const std::string& name, From value) {
  if constexpr (std::is_same_v<From, Half>) {
    return float_of_half(value.bits);
  } else {
    if constexpr (std::is_same_v<From, std::uint64_t>) {
      if (!std::in_range<To>(value)) {
        refuse_column(
            name, "it has the value " + std::to_string(value) + ", and no more than int64 is read");
      }
    }
    return static_cast<To>(value);
  }
}

template <typename To, typename From>
ArrowColumn import_as(const std::string& name, Chunks chunks) {
  if constexpr (std::is_same_v<To, From>) {
    if (chunks.size() == 1) return same_numbers(name, kFormat<To>, chunks.front());
  }
  std::vector<To> values;
  values.reserve(static_cast<std::size_t>(rows_of(chunks)));
  for (const ArrowChunk& chunk : chunks) {
    const From* from = chunk.values<From>(1) + chunk.offset;
    for (std::int64_t at = 0; at < chunk.length; ++at) {
      values.push_back(chunk.valid(at) ? converted<To>(name, from[at]) : To{});
    }
  }
  return column_of(name, std::string(1, kFormat<To>), std::move(values), validity_of(chunks));
}

ArrowColumn import_booleans(const std::string& name, Chunks chunks) {
  if (chunks.size() == 1) return same_numbers(name, 'b', chunks.front());
  Bitmap values;
  values.reserve(rows_of(chunks));
  for (const ArrowChunk& chunk : chunks) {
    const auto* bits = chunk.values<std::uint8_t>(1);
    for (std::int64_t at = chunk.offset; at < chunk.offset + chunk.length; ++at) {
      values.append(((bits[at / 8] >> (at % 8)) & 1) != 0);
    }
  }
  return bool_column(name, std::move(values), rows_of(chunks), validity_of(chunks));
}

}  // namespace

bool is_number(const ArrowSchema& schema) {
  constexpr std::string_view kNumbers = "bcCsSiIlLefg";
  const std::string_view format = schema.format;
  return schema.dictionary == nullptr && format.size() == 1 &&
         kNumbers.find(format) != std::string_view::npos;
}

ArrowColumn import_numbers(const ArrowSchema& schema, Chunks chunks) {
  const std::string name = name_of(schema);
  for (const ArrowChunk& chunk : chunks) check_buffers(name, chunk, 2);
  switch (*schema.format) {
    case 'b': return import_booleans(name, chunks);
    case 'c': return import_as<std::int32_t, std::int8_t>(name, chunks);
    case 'C': return import_as<std::int32_t, std::uint8_t>(name, chunks);
    case 's': return import_as<std::int32_t, std::int16_t>(name, chunks);
    case 'S': return import_as<std::int32_t, std::uint16_t>(name, chunks);
    case 'i': return import_as<std::int32_t, std::int32_t>(name, chunks);
    case 'I': return import_as<std::int64_t, std::uint32_t>(name, chunks);
    case 'l': return import_as<std::int64_t, std::int64_t>(name, chunks);
    case 'L': return import_as<std::int64_t, std::uint64_t>(name, chunks);
    case 'e': return import_as<float, Half>(name, chunks);
    case 'f': return import_as<float, float>(name, chunks);
    default: return import_as<double, double>(name, chunks);
  }
}

float float_of_half(std::uint16_t half) {
  const std::uint32_t sign = (half & 0x8000U) << 16U;
  const std::uint32_t exponent = (half >> 10U) & 0x1fU;
  const std::uint32_t fraction = half & 0x3ffU;
  if (exponent == 0) {  // zero or subnormal: fraction × 2⁻²⁴
    const float value = static_cast<float>(fraction) * 0x1p-24F;
    return sign != 0 ? -value : value;
  }
  const std::uint32_t widened = exponent == 0x1fU ? 0xffU : exponent + (127 - 15);
  return std::bit_cast<float>(sign | (widened << 23U) | (fraction << 13U));
}

}  // namespace pomona::python
