// SPDX-License-Identifier: Apache-2.0
#include "pomona/storage/posix_file.h"

#include <fcntl.h>
#include <unistd.h>

#include <array>
#include <cerrno>
#include <cstdio>
#include <system_error>

namespace pomona {
namespace {

std::string_view advice_for(int error) {
  switch (error) {
    case ENOSPC:
    case EDQUOT: return "; free some space there or choose another place";
    case EACCES:
    case EPERM: return "; check its owner and permissions";
    case EROFS: return "; choose another place";
    case ENOENT: return "; check the spelling";
    case EMFILE:
    case ENFILE: return "; raise the limit with `ulimit -n`";
    case EIO: return "; check the disk";
    default: return "";
  }
}

}  // namespace

std::string file_version(const struct stat& status) {
  std::array<char, 48> text{};
  std::snprintf(text.data(), text.size(), "mtime:%lld.%09ld",
                static_cast<long long>(status.st_mtim.tv_sec), status.st_mtim.tv_nsec);
  return text.data();
}

ErrorKind errno_kind(int error) {
  switch (error) {
    case ENOENT: return ErrorKind::kNotFound;
    case ENOTDIR:
    case EISDIR:
    case EINVAL:
    case ENAMETOOLONG:
    case ELOOP: return ErrorKind::kInvalidInput;
    case EACCES:
    case EPERM: return ErrorKind::kDenied;
    default: return ErrorKind::kUnavailable;
  }
}

int Descriptor::reset() {
  const int number = release();
  return number < 0 ? 0 : ::close(number);
}

Descriptor open_at(int folder, const std::string& name, int flags, unsigned mode) {
  int number = -1;
  do {
    number = ::openat(folder, name.c_str(), flags | O_CLOEXEC | O_NOCTTY | O_NONBLOCK, mode);
  } while (number < 0 && errno == EINTR);
  return Descriptor(number);
}

std::string errno_text(int error) {
  switch (error) {
    case ENOENT: return "no such file or folder";
    case EACCES: return "permission denied";
    case ENOSPC: return "no space left";
    case ENOTDIR: return "not a folder";
    case EISDIR: return "is a folder";
    case ELOOP: return "a link that leads to itself";
    case ENXIO: return "a pipe, socket or device";
    default: return std::system_category().message(error);
  }
}

void throw_errno(std::string_view action, std::string_view object, int error) {
  throw Error(errno_kind(error), std::string(action) + " " + std::string(object) + ": " +
                                     errno_text(error) + std::string(advice_for(error)));
}

}  // namespace pomona
