// SPDX-License-Identifier: Apache-2.0
#include "columns/arrow_import_column.h"

#include <algorithm>
#include <array>
#include <cstdint>
#include <span>
#include <string>
#include <string_view>
#include <utility>

#include "pomona/base/error.h"

namespace pomona::python {
namespace {

// By the first characters of a format; the longer ones first.
constexpr std::array<std::pair<std::string_view, std::string_view>, 41> kTypeNames = {{
    {"+vl", "list_view"},
    {"+vL", "large_list_view"},
    {"+w", "fixed_size_list"},
    {"+l", "list"},
    {"+L", "large_list"},
    {"+s", "struct"},
    {"+m", "map"},
    {"+ud", "dense_union"},
    {"+us", "sparse_union"},
    {"+r", "run_end_encoded"},
    {"vu", "utf8_view"},
    {"vz", "binary_view"},
    {"tdD", "date32"},
    {"tdm", "date64"},
    {"tts", "time32"},
    {"ttm", "time32"},
    {"ttu", "time64"},
    {"ttn", "time64"},
    {"ts", "timestamp"},
    {"tD", "duration"},
    {"ti", "interval"},
    {"w", "fixed_size_binary"},
    {"d", "decimal"},
    {"n", "null"},
    {"b", "bool"},
    {"c", "int8"},
    {"C", "uint8"},
    {"s", "int16"},
    {"S", "uint16"},
    {"i", "int32"},
    {"I", "uint32"},
    {"l", "int64"},
    {"L", "uint64"},
    {"e", "float16"},
    {"f", "float32"},
    {"g", "float64"},
    {"z", "binary"},
    {"Z", "large_binary"},
    {"u", "utf8"},
    {"U", "large_utf8"},
    {"", "unknown"},
}};

bool is_list(std::string_view format) {
  return format == "+l" || format == "+L" || format == "+vl" || format == "+vL" ||
         format.starts_with("+w:");
}

}  // namespace

bool ArrowChunk::valid(std::int64_t at) const {
  const auto* bits = array->n_buffers > 0 ? values<std::uint8_t>(0) : nullptr;
  const std::int64_t bit = offset + at;
  return bits == nullptr || ((bits[bit / 8] >> (bit % 8)) & 1) != 0;
}

std::int64_t ArrowChunk::nulls() const {
  if (array->n_buffers == 0 || array->buffers[0] == nullptr || array->null_count == 0) return 0;
  std::int64_t count = 0;
  for (std::int64_t at = 0; at < length; ++at) count += valid(at) ? 0 : 1;
  return count;
}

std::string name_of(const ArrowSchema& schema) { return schema.name != nullptr ? schema.name : ""; }

std::string type_name(const ArrowSchema& schema) {
  const std::string_view format = schema.format != nullptr ? schema.format : "";
  if (schema.dictionary != nullptr) return "dictionary<" + type_name(*schema.dictionary) + ">";
  const auto* known = std::ranges::find_if(
      kTypeNames, [&](const auto& type) { return format.starts_with(type.first); });
  std::string name(known->second);
  if (is_list(format) && schema.n_children == 1) {
    const ArrowSchema& item = *schema.children[0];
    // What lies deeper says little, and might be endless.
    name += item.n_children > 0 ? "<…>" : "<" + type_name(item) + ">";
  }
  return name;
}

void refuse_column(const std::string& name, const std::string& problem) {
  throw Error(ErrorKind::kInvalidInput, "cannot read the column '" + name + "': " + problem);
}

void check_buffers(const std::string& name, const ArrowChunk& chunk, std::int64_t count) {
  if (chunk.array->n_buffers != count) {
    refuse_column(name, "its producer gives " + std::to_string(chunk.array->n_buffers) +
                            " buffers, and its type has " + std::to_string(count));
  }
  for (std::int64_t buffer = 1; buffer < count; ++buffer) {
    if (chunk.array->buffers[buffer] == nullptr) {
      refuse_column(name, "its producer gives no buffer " + std::to_string(buffer));
    }
  }
}

ArrowColumn import_column(const ArrowSchema& schema, std::span<const ArrowChunk> chunks) {
  if (schema.format != nullptr) {
    if (is_text(schema)) return import_text(schema, chunks);
    if (is_number(schema)) return import_numbers(schema, chunks);
    if (is_list_of_floats(schema)) return import_lists(schema, chunks);
  }
  refuse_column(name_of(schema),
                "its type is " + type_name(schema) +
                    "; read are text, binary, dictionaries of these, bool, integers, "
                    "floating-point numbers and lists of floating-point numbers");
}

}  // namespace pomona::python
