// SPDX-License-Identifier: Apache-2.0
#include "pomona/base/row_file.h"

#include <fcntl.h>
#include <unistd.h>

#include <cerrno>
#include <system_error>

#include "pomona/base/error.h"

namespace pomona {
namespace {

[[noreturn]] void fail(const std::string& attempted, const std::string& path) {
  throw Error(ErrorKind::kUnavailable, attempted + " '" + path +
                                           "': " + std::generic_category().message(errno) +
                                           "; free some space or name another output folder");
}

}  // namespace

template <class Element>
BasicRowFile<Element>::BasicRowFile(const std::string& path, std::size_t cols)
    : path_(path), cols_(cols) {
  file_ = ::open(path.c_str(), O_RDWR | O_CREAT | O_EXCL | O_CLOEXEC, 0600);
  if (file_ < 0) fail("making the scratch file", path_);
  ::unlink(path.c_str());
}

template <class Element>
BasicRowFile<Element>::~BasicRowFile() {
  ::close(file_);
}

template <class Element>
void BasicRowFile<Element>::append(MatrixView<const Element> rows) {
  const auto* bytes = reinterpret_cast<const char*>(rows.data());
  std::size_t left = rows.size() * sizeof(Element);
  while (left > 0) {
    const ssize_t written = ::write(file_, bytes, left);
    if (written < 0 && errno == EINTR) continue;
    if (written <= 0) fail("writing to the scratch file", path_);
    bytes += written;
    left -= static_cast<std::size_t>(written);
  }
  rows_ += rows.rows();
}

template <class Element>
void BasicRowFile<Element>::read(std::size_t first_row, MatrixView<Element> rows) const {
  auto* bytes = reinterpret_cast<char*>(rows.data());
  std::size_t left = rows.size() * sizeof(Element);
  auto offset = static_cast<off_t>(first_row * cols_ * sizeof(Element));
  while (left > 0) {
    const ssize_t count = ::pread(file_, bytes, left, offset);
    if (count < 0 && errno == EINTR) continue;
    if (count <= 0) fail("reading from the scratch file", path_);
    bytes += count;
    offset += count;
    left -= static_cast<std::size_t>(count);
  }
}

template class BasicRowFile<float>;
template class BasicRowFile<std::uint8_t>;

}  // namespace pomona
