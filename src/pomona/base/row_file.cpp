// SPDX-License-Identifier: Apache-2.0
#include "pomona/base/row_file.h"

#include <fcntl.h>
#include <unistd.h>

#include <cerrno>
#include <filesystem>
#include <system_error>

#include "pomona/base/error.h"
#include "pomona/base/random.h"

namespace pomona {
namespace {

[[noreturn]] void fail(const std::string& attempted, const std::string& folder) {
  throw Error(ErrorKind::kUnavailable,
              attempted + " in '" + folder + "': " + std::generic_category().message(errno) +
                  "; free some space there, or name another output folder or TMPDIR");
}

}  // namespace

int open_nameless(const std::string& folder) {
  return ::open(folder.c_str(), O_TMPFILE | O_RDWR | O_CLOEXEC, 0600);
}

int open_scratch_file(const std::string& folder, const OpenNameless& open) {
  const int file = open(folder);
  const bool is_unsupported = errno == EOPNOTSUPP || errno == EISDIR || errno == EINVAL;
  if (file >= 0 || !is_unsupported) return file;
  const std::string path = folder + "/.pomona-" + random_name();
  const int named = ::open(path.c_str(), O_RDWR | O_CREAT | O_EXCL | O_CLOEXEC, 0600);
  if (named >= 0) ::unlink(path.c_str());
  return named;
}

std::string system_scratch_folder() {
  std::error_code error;
  const std::string folder = std::filesystem::temp_directory_path(error).string();
  if (!error) return folder;
  throw Error(ErrorKind::kUnavailable,
              "choosing a folder for scratch files: $TMPDIR names none (" + error.message() +
                  "); set it to a folder with room, or leave it out for /tmp");
}

template <class Element>
BasicRowFile<Element>::BasicRowFile(const std::string& folder, std::size_t cols)
    : folder_(folder), cols_(cols) {
  file_ = open_scratch_file(folder);
  if (file_ < 0) fail("making a scratch file", folder_);
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
    if (written <= 0) fail("writing to the scratch file", folder_);
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
    if (count <= 0) fail("reading from the scratch file", folder_);
    bytes += count;
    offset += count;
    left -= static_cast<std::size_t>(count);
  }
}

template class BasicRowFile<float>;
template class BasicRowFile<std::uint8_t>;

}  // namespace pomona
