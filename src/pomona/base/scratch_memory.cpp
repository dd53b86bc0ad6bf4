// SPDX-License-Identifier: Apache-2.0
#include "pomona/base/scratch_memory.h"

#include <sys/mman.h>
#include <unistd.h>

#include <algorithm>
#include <filesystem>
#include <system_error>

#include "pomona/base/row_file.h"

namespace pomona {
namespace {

// MAP_FAILED where there can be none.
void* map_scratch_file(std::size_t bytes) {
  std::error_code error;
  const std::filesystem::path folder = std::filesystem::temp_directory_path(error);
  if (error) return MAP_FAILED;
  const int file = open_scratch_file(folder.string());
  if (file < 0) return MAP_FAILED;
  void* piece = MAP_FAILED;
  // Room is taken now: a disk that fills up later would end the process at a write to memory.
  if (::posix_fallocate(file, 0, static_cast<off_t>(bytes)) == 0) {
    piece = ::mmap(nullptr, bytes, PROT_READ | PROT_WRITE, MAP_SHARED, file, 0);
  }
  ::close(file);
  return piece;
}

}  // namespace

void* take_scratch_memory(std::size_t bytes) {
  if (bytes < kScratchPieceBytes) return ::operator new(bytes);
  void* piece = map_scratch_file(bytes);
  if (piece == MAP_FAILED) {
    piece =
        ::mmap(nullptr, bytes, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, /*fd=*/-1, 0);
  }
  if (piece == MAP_FAILED) throw std::bad_alloc();
  return piece;
}

void give_back_scratch_memory(void* piece, std::size_t bytes) noexcept {
  if (bytes < kScratchPieceBytes) {
    ::operator delete(piece);
  } else {
    ::munmap(piece, bytes);
  }
}

std::string_view TextStock::keep(std::string_view text) {
  if (text.empty()) return {};
  if (pieces_.empty() || pieces_.back().capacity() - pieces_.back().size() < text.size()) {
    // Small at first: most manifests are.
    const std::size_t least = pieces_.empty() ? kScratchPieceBytes / 16 : 4 * kScratchPieceBytes;
    pieces_.emplace_back().reserve(std::max(least, text.size()));
  }
  ScratchVector<char>& piece = pieces_.back();
  const std::size_t at = piece.size();
  piece.insert(piece.end(), text.begin(), text.end());  // within its capacity: nothing moves
  return {piece.data() + at, text.size()};
}

}  // namespace pomona
