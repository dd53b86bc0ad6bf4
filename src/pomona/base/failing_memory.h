// SPDX-License-Identifier: Apache-2.0
// Lets memory run out in tests.
#pragma once

#include <cstddef>

namespace pomona {

// While it lives, `new` of at least `bytes` bytes throws bad_alloc in this thread.
class FailingMemory {
 public:
  explicit FailingMemory(std::size_t bytes);
  ~FailingMemory();
  FailingMemory(const FailingMemory&) = delete;
  FailingMemory& operator=(const FailingMemory&) = delete;
};

}  // namespace pomona
