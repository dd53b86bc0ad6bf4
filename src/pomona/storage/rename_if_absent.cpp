// SPDX-License-Identifier: Apache-2.0
#include "pomona/storage/rename_if_absent.h"

#include <fcntl.h>
#include <sys/file.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cerrno>
#include <cstdio>

#include "pomona/storage/posix_file.h"

namespace pomona {
namespace {

// A temporary name, so that nobody lists it and `pomona clean` removes what a kill left. No process
// has the number 0, so no writer uses it.
constexpr const char* kLockName = ".pomona-0-0";

// How calls answer that a file system, its server or a sandbox does not offer. Some of these also
// mean that the caller may not write there; every other way then says the same.
bool is_not_offered(int error) {
  return error == EOPNOTSUPP || error == ENOSYS || error == EINVAL || error == EPERM ||
         error == EACCES || error == EMLINK;
}

bool has_name(const Descriptor& file, int folder, const char* name) {
  struct stat opened {};
  struct stat named {};
  return ::fstat(file.get(), &opened) == 0 && ::fstatat(folder, name, &named, 0) == 0 &&
         opened.st_dev == named.st_dev && opened.st_ino == named.st_ino;
}

// Waits for the lock of the folder; closed with errno set when there is none to be had.
Descriptor lock_folder(int folder) {
  for (;;) {
    Descriptor lock = open_at(folder, kLockName, O_RDONLY | O_CREAT, 0666);
    if (!lock.is_open()) return lock;
    while (::flock(lock.get(), LOCK_EX) != 0) {
      if (errno != EINTR) return {};
    }
    // Whoever held it before has removed it; others may lock a new file of this name already.
    if (has_name(lock, folder, kLockName)) return lock;
  }
}

bool rename_under_lock(int folder, const std::string& from, const std::string& to) {
  const Descriptor lock = lock_folder(folder);
  if (!lock.is_open()) return false;
  struct stat status {};
  bool is_renamed = false;
  int error = EEXIST;
  if (::fstatat(folder, to.c_str(), &status, AT_SYMLINK_NOFOLLOW) != 0) {
    error = errno;
    if (error == ENOENT) {
      is_renamed = ::renameat(folder, from.c_str(), folder, to.c_str()) == 0;
      error = errno;
    }
  }
  ::unlinkat(folder, kLockName, 0);
  errno = error;
  return is_renamed;
}

}  // namespace

bool rename_if_absent(int folder, const std::string& from, const std::string& to) {
  // A link is the surest where machines share a file system: the server decides, whatever it makes
  // of the flags of a rename.
  if (::linkat(folder, from.c_str(), folder, to.c_str(), 0) == 0) {
    ::unlinkat(folder, from.c_str(), 0);
    return true;
  }
  if (!is_not_offered(errno)) return false;
  // exFAT, vfat, and many FUSE and SMB mounts have no hard links.
  if (::renameat2(folder, from.c_str(), folder, to.c_str(), RENAME_NOREPLACE) == 0) return true;
  if (!is_not_offered(errno)) return false;
  return rename_under_lock(folder, from, to);
}

}  // namespace pomona
