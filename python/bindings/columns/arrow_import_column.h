// SPDX-License-Identifier: Apache-2.0
// One column of a foreign table, of all batches, as one of ours. Any thread, without the GIL.
#pragma once

#include <cstdint>
#include <memory>
#include <span>
#include <string>

#include "columns/arrow_abi.h"
#include "columns/arrow_column.h"

namespace pomona::python {

// The part of an array that belongs to the table, in one batch; never empty.
struct ArrowChunk {
  const ArrowArray* array = nullptr;
  std::int64_t offset = 0;  // in the array's buffers
  std::int64_t length = 0;
  std::int64_t row = 0;               // of the table, where the chunk begins
  std::shared_ptr<const void> owner;  // of the array

  template <typename T>
  const T* values(std::int64_t buffer) const {
    return static_cast<const T*>(array->buffers[buffer]);
  }
  bool valid(std::int64_t at) const;  // `at` counts from `offset`
  std::int64_t nulls() const;         // counted
};

std::string name_of(const ArrowSchema& schema);
// As the message of an error gives it: "list<int64>".
std::string type_name(const ArrowSchema& schema);

[[noreturn]] void refuse_column(const std::string& name, const std::string& problem);
// Throws invalid_input unless the chunk has so many buffers and those after the first exist.
void check_buffers(const std::string& name, const ArrowChunk& chunk, std::int64_t count);

// Throws invalid_input.
ArrowColumn import_column(const ArrowSchema& schema, std::span<const ArrowChunk> chunks);

// The three kinds of column of which import_column() takes the one that fits.
bool is_text(const ArrowSchema& schema);
ArrowColumn import_text(const ArrowSchema& schema, std::span<const ArrowChunk> chunks);
bool is_number(const ArrowSchema& schema);  // or bool
ArrowColumn import_numbers(const ArrowSchema& schema, std::span<const ArrowChunk> chunks);
bool is_list_of_floats(const ArrowSchema& schema);
ArrowColumn import_lists(const ArrowSchema& schema, std::span<const ArrowChunk> chunks);

// The value of an IEEE 754 half-precision number.
float float_of_half(std::uint16_t half);

}  // namespace pomona::python
