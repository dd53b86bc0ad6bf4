// SPDX-License-Identifier: Apache-2.0
#include "pomona/base/for_tests/failing_memory.h"

#include <cstdlib>
#include <limits>
#include <new>

namespace pomona {
namespace {

constexpr std::size_t kNoLimit = std::numeric_limits<std::size_t>::max();
thread_local std::size_t refused_bytes = kNoLimit;

}  // namespace

FailingMemory::FailingMemory(std::size_t bytes) { refused_bytes = bytes; }
FailingMemory::~FailingMemory() { refused_bytes = kNoLimit; }

}  // namespace pomona

// The standard library's other forms call these. Inlined into one file with what they serve, they
// would look to g++ like a free() of what `new` gave.
[[gnu::noinline]] void* operator new(std::size_t bytes) {
  if (bytes >= pomona::refused_bytes) throw std::bad_alloc();
  if (void* const memory = std::malloc(bytes == 0 ? 1 : bytes)) return memory;
  throw std::bad_alloc();
}
[[gnu::noinline]] void operator delete(void* memory) noexcept { std::free(memory); }
[[gnu::noinline]] void operator delete(void* memory, std::size_t) noexcept { std::free(memory); }
// std::stable_sort asks by this form. A sanitizer has its own, which our delete would not fit.
[[gnu::noinline]] void* operator new(std::size_t bytes, const std::nothrow_t& /*tag*/) noexcept {
  if (bytes >= pomona::refused_bytes) return nullptr;
  return std::malloc(bytes == 0 ? 1 : bytes);
}
[[gnu::noinline]] void operator delete(void* memory, const std::nothrow_t& /*tag*/) noexcept {
  std::free(memory);
}
