// SPDX-License-Identifier: Apache-2.0
// The safetensors file format (huggingface.co/docs/safetensors): the length of a JSON header as 8
// little-endian bytes, the header, then the tensors' elements without gaps. Of its types F64, F32
// and I32, in row-major order. It holds numbers and nothing else. Any thread.
#pragma once

#include <cstddef>
#include <cstdint>
#include <map>
#include <string>
#include <string_view>
#include <variant>
#include <vector>

namespace pomona {

struct Tensor {
  std::vector<std::size_t> shape;
  std::variant<std::vector<double>, std::vector<float>, std::vector<std::int32_t>> elements;
};

// By name. The header lists names in byte order, so the bytes are always the same.
using Tensors = std::map<std::string, Tensor, std::less<>>;

// Throws invalid_input when a shape does not fit its elements or a number is not finite.
std::string print_safetensors(const Tensors& tensors);

// Strict: throws corrupt for a header above 1 MiB or with anything unknown in it, another type,
// offsets with overlaps or gaps, sizes that do not fit, or numbers that are not finite. `what`
// names the bytes in errors.
Tensors parse_safetensors(std::string_view bytes, std::string_view what);

}  // namespace pomona
