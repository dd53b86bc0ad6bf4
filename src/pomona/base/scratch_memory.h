// SPDX-License-Identifier: Apache-2.0
// Memory for what there is one of for each photograph: large pieces of it are mapped from scratch
// files without a name, so that the system writes them out where memory is needed for something
// else, and they do not count as memory that a process must have. Where there is no room for such
// files it is ordinary memory. Pieces are taken and given back by any thread.
#pragma once

#include <cstddef>
#include <new>
#include <string_view>
#include <vector>

namespace pomona {

// Pieces below this are ordinary memory.
inline constexpr std::size_t kScratchPieceBytes = std::size_t{1} << 20U;

// Throws std::bad_alloc. Any thread.
void* take_scratch_memory(std::size_t bytes);
void give_back_scratch_memory(void* piece, std::size_t bytes) noexcept;

template <class T>
struct ScratchAllocator {
  using value_type = T;

  ScratchAllocator() = default;
  template <class Other>
  ScratchAllocator(const ScratchAllocator<Other>& /*other*/) noexcept {}  // NOLINT: a conversion

  T* allocate(std::size_t count) { return static_cast<T*>(take_scratch_memory(count * sizeof(T))); }
  void deallocate(T* piece, std::size_t count) noexcept {
    give_back_scratch_memory(piece, count * sizeof(T));
  }
  friend bool operator==(const ScratchAllocator& /*a*/, const ScratchAllocator& /*b*/) {
    return true;
  }
};

template <class T>
using ScratchVector = std::vector<T, ScratchAllocator<T>>;

// Texts that stay where they are as long as it lives. Used by one thread at a time.
class TextStock {
 public:
  std::string_view keep(std::string_view text);

 private:
  std::vector<ScratchVector<char>> pieces_;
};

}  // namespace pomona
