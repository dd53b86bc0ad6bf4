// SPDX-License-Identifier: Apache-2.0
// The C structs of Arrow's C data interface and C stream interface, as Arrow's documentation gives
// them: what libraries that know nothing of each other exchange. Plain memory; each struct belongs
// to one thread at a time.
#pragma once

#include <cstdint>

namespace pomona::python {

inline constexpr std::int64_t kArrowNullable = 2;

// Whoever holds a struct calls its `release` once, which sets `release` to null. A struct whose
// `release` is null is gone, or was moved.
struct ArrowSchema {
  const char* format = nullptr;
  const char* name = nullptr;
  // A count of pairs, and for each key and value their length and bytes; numbers are int32 of the
  // machine. Null: no pair.
  const char* metadata = nullptr;
  std::int64_t flags = 0;
  std::int64_t n_children = 0;
  ArrowSchema** children = nullptr;
  ArrowSchema* dictionary = nullptr;
  void (*release)(ArrowSchema*) = nullptr;
  void* private_data = nullptr;
};

struct ArrowArray {
  std::int64_t length = 0;
  std::int64_t null_count = 0;
  std::int64_t offset = 0;
  std::int64_t n_buffers = 0;
  std::int64_t n_children = 0;
  const void** buffers = nullptr;
  ArrowArray** children = nullptr;
  ArrowArray* dictionary = nullptr;
  void (*release)(ArrowArray*) = nullptr;
  void* private_data = nullptr;
};

struct ArrowArrayStream {
  // 0, or an errno; get_last_error() then describes it. The end is an array without `release`.
  int (*get_schema)(ArrowArrayStream*, ArrowSchema* out) = nullptr;
  int (*get_next)(ArrowArrayStream*, ArrowArray* out) = nullptr;
  const char* (*get_last_error)(ArrowArrayStream*) = nullptr;
  void (*release)(ArrowArrayStream*) = nullptr;
  void* private_data = nullptr;
};

}  // namespace pomona::python
