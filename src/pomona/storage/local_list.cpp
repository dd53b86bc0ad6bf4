// SPDX-License-Identifier: Apache-2.0
// A walk with its own stack, one folder open at a time: deep trees need neither stack nor
// descriptors.
//
// Links to folders are followed like folders. A folder that is its own ancestor is not entered
// again, which ends every circle. Two links to one folder that are no circle are two sets of keys,
// as for `find -L`: anything else would depend on which of them the directory happens to name
// first.
#include "pomona/storage/local_list.h"

#include <dirent.h>
#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

#include <algorithm>
#include <cctype>
#include <cerrno>
#include <cstddef>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "pomona/storage/key.h"
#include "pomona/storage/posix_file.h"

namespace pomona {
namespace {

constexpr std::string_view kTemporaryPrefix = ".pomona-";

bool is_number(std::string_view text) {
  return !text.empty() &&
         std::ranges::all_of(text, [](unsigned char letter) { return std::isdigit(letter) != 0; });
}

constexpr std::size_t kNoFolder = static_cast<std::size_t>(-1);

class LocalWalk {
 public:
  LocalWalk(int root, const std::function<void(const ObjectInfo&)>& found)
      : root_(root), found_(found) {}

  void walk(std::string_view prefix) {
    pending_.push_back({name_from_key(prefix), std::string(prefix), kNoFolder});
    while (!pending_.empty()) {
      const Pending folder = std::move(pending_.back());
      pending_.pop_back();
      enter(folder);
    }
  }

 private:
  // A folder to be entered: its path below the root in bytes, its key, and its parent.
  struct Pending {
    std::string path;
    std::string key;
    std::size_t parent;
  };
  // A folder that was entered.
  struct Folder {
    dev_t device;
    ino_t inode;
    std::size_t parent;
  };

  void enter(const Pending& folder) {
    Descriptor descriptor =
        open_at(root_, folder.path.empty() ? "." : folder.path, O_RDONLY | O_DIRECTORY);
    struct stat status {};
    if (!descriptor.is_open() || ::fstat(descriptor.get(), &status) != 0) {
      const bool prefix_is_no_folder =
          folder.parent == kNoFolder && (errno == ENOENT || errno == ENOTDIR);
      if (!prefix_is_no_folder) report_unreadable(folder.key, "folder: ", errno);
      return;
    }
    if (is_ancestor(status, folder.parent)) return;
    const std::unique_ptr<DIR, int (*)(DIR*)> entries(::fdopendir(descriptor.get()), &::closedir);
    if (entries == nullptr) {
      report_unreadable(folder.key, "folder: ", errno);
      return;
    }
    descriptor.release();
    folders_.push_back({status.st_dev, status.st_ino, folder.parent});
    read_entries(*entries, folder, folders_.size() - 1);
  }

  bool is_ancestor(const struct stat& status, std::size_t folder) const {
    for (; folder != kNoFolder; folder = folders_[folder].parent) {
      if (folders_[folder].inode == status.st_ino && folders_[folder].device == status.st_dev) {
        return true;
      }
    }
    return false;
  }

  void read_entries(DIR& entries, const Pending& folder, std::size_t self) {
    for (;;) {
      errno = 0;
      const dirent* entry = ::readdir(&entries);  // NOLINT(concurrency-mt-unsafe): our own stream
      if (entry == nullptr) break;
      const std::string_view name = entry->d_name;
      if (name == "." || name == ".." || is_temporary_name(name)) continue;
      info_.key.assign(folder.key)
          .append(folder.key.empty() ? "" : "/")
          .append(key_from_name(name));
      info_.bytes = 0;
      info_.readable = true;
      info_.problem.clear();
      info_.version.clear();
      if (is_folder(::dirfd(&entries), *entry)) {
        pending_.push_back(
            {folder.path.empty() ? std::string(name) : folder.path + "/" + std::string(name),
             info_.key, self});
      } else {
        found_(info_);
      }
    }
    if (errno != 0) report_unreadable(folder.key, "folder: ", errno);
  }

  // False with info_ filled for everything that is not a folder.
  bool is_folder(int folder, const dirent& entry) {
    if (entry.d_type == DT_DIR) return true;
    struct stat status {};
    if (::fstatat(folder, entry.d_name, &status, 0) != 0) {
      const bool broken_link = entry.d_type == DT_LNK && errno == ENOENT;
      if (broken_link) {
        set_problem("a link that leads nowhere");
      } else {
        set_problem(errno_text(errno), errno);
      }
      return false;
    }
    if (S_ISDIR(status.st_mode)) return true;
    if (S_ISREG(status.st_mode)) {
      info_.bytes = static_cast<std::uint64_t>(status.st_size);
      info_.version = file_version(status);
      // A file that everybody may read, as most are, costs no further question.
      if ((status.st_mode & 0444U) != 0444U &&
          ::faccessat(folder, entry.d_name, R_OK, AT_EACCESS) != 0) {
        set_problem(errno_text(errno), errno);
      }
    } else {
      set_problem(S_ISFIFO(status.st_mode)   ? "a pipe"
                  : S_ISSOCK(status.st_mode) ? "a socket"
                                             : "a device");
    }
    return false;
  }

  void set_problem(std::string problem, int error = 0) {
    info_.readable = false;
    info_.problem = std::move(problem);
    const bool denied = errno_kind(error) == ErrorKind::kDenied;
    info_.problem_kind = denied ? ErrorKind::kDenied : ErrorKind::kUnavailable;
  }

  void report_unreadable(const std::string& key, const std::string& what, int error) {
    info_ = {.key = key};
    set_problem(what + errno_text(error), error);
    found_(info_);
  }

  int root_;
  const std::function<void(const ObjectInfo&)>& found_;
  std::vector<Pending> pending_;
  std::vector<Folder> folders_;
  ObjectInfo info_;  // reused, so that a file costs no allocation
};

}  // namespace

std::string temporary_name(std::uint64_t number) {
  return std::string(kTemporaryPrefix) + std::to_string(::getpid()) + "-" + std::to_string(number);
}

bool is_temporary_name(std::string_view name) {
  if (!name.starts_with(kTemporaryPrefix)) return false;
  name.remove_prefix(kTemporaryPrefix.size());
  const std::size_t dash = std::min(name.find('-'), name.size());
  return is_number(name.substr(0, dash)) && is_number(name.substr(std::min(dash + 1, name.size())));
}

void list_local(int root, std::string_view prefix,
                const std::function<void(const ObjectInfo&)>& found) {
  LocalWalk(root, found).walk(prefix);
}

}  // namespace pomona
