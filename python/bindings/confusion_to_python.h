// SPDX-License-Identifier: Apache-2.0
// Counts of answers as Python takes them. Called with the GIL.
#pragma once

#include <nanobind/nanobind.h>
#include <nanobind/stl/string.h>
#include <nanobind/stl/vector.h>

#include <cstdint>
#include <vector>

#include "held_array.h"
#include "pomona/evaluation/evaluation_results.h"

namespace pomona::python {

// Labels, and an array of the counts, truth by row.
inline nanobind::tuple confusion_to_python(const Confusion& confusion) {
  const Matrix<std::uint64_t>& counts = confusion.counts;
  std::vector<std::int64_t> numbers(counts.data(), counts.data() + counts.size());
  return nanobind::make_tuple(confusion.labels,
                              numpy_array_of(std::move(numbers), counts.rows(), counts.cols()));
}

}  // namespace pomona::python
