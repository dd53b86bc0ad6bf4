// SPDX-License-Identifier: Apache-2.0
// The two inner loops of resizing, in a portable form and for AVX2; the results are the same bits,
// for all arithmetic is in whole numbers. Private to the module: callers use resize.h. Any thread.
#pragma once

#include <cstddef>
#include <cstdint>

#include "pomona/image/filter_table.h"

namespace pomona {

struct ConvolveKernels {
  // Resizes two lines of RGB at once. Reads up to table_reach(table) bytes of each source line;
  // writes the result pixels and up to kLineSlack bytes more of each result line.
  void (*along_lines)(const FilterTable& table, const std::uint8_t* const sources[2],
                      std::uint8_t* const results[2]);
  // Makes the result line `index`; its first tap is the line `source`, further ones follow `stride`
  // bytes apart. Reads and writes `bytes` bytes of a line, nothing beyond.
  void (*across_lines)(const FilterTable& table, int index, const std::uint8_t* source,
                       std::size_t stride, std::size_t bytes, std::uint8_t* result);
};

constexpr std::size_t kLineSlack = 16;

// Bytes of a source line that along_lines may read, those beyond the line without effect.
std::size_t table_reach(const FilterTable& table);

const ConvolveKernels& portable_kernels();
// nullptr where this processor cannot.
const ConvolveKernels* avx2_kernels();
const ConvolveKernels& fastest_kernels();

}  // namespace pomona
