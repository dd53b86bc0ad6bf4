// SPDX-License-Identifier: Apache-2.0
#include "pomona/storage/local_store.h"

#include <dirent.h>
#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

#include <atomic>
#include <cerrno>
#include <cstdio>
#include <filesystem>
#include <memory>
#include <system_error>
#include <vector>

#include "pomona/base/error.h"
#include "pomona/storage/key.h"
#include "pomona/storage/local_list.h"
#include "pomona/storage/posix_file.h"
#include "pomona/storage/rename_if_absent.h"

namespace pomona {
namespace {

// "a/b/c.jpg" → "a/b", "." at the root.
std::string folder_of(const std::string& name) {
  const std::size_t slash = name.rfind('/');
  return slash == std::string::npos ? "." : name.substr(0, slash);
}

// Every folder above `name`; those that exist are fine.
bool make_folders_above(int root, const std::string& name) {
  for (std::size_t slash = name.find('/'); slash != std::string::npos;
       slash = name.find('/', slash + 1)) {
    if (::mkdirat(root, name.substr(0, slash).c_str(), 0777) != 0 && errno != EEXIST) return false;
  }
  return true;
}

// Reads until `size` bytes are there or the file ends; -1 with errno set on an error.
ssize_t read_fully(int file, char* bytes, std::size_t size, std::uint64_t offset) {
  std::size_t done = 0;
  while (done < size) {
    const ssize_t got = ::pread(file, bytes + done, size - done, static_cast<off_t>(offset + done));
    if (got < 0 && errno == EINTR) continue;
    if (got < 0) return -1;
    if (got == 0) break;
    done += static_cast<std::size_t>(got);
  }
  return static_cast<ssize_t>(done);
}

// Opens a regular file for reading.
Descriptor open_file(int root, std::string_view key, const std::string& object,
                     struct stat& status) {
  check_key(key, "reading");
  Descriptor file = open_at(root, name_from_key(key), O_RDONLY);
  if (!file.is_open() || ::fstat(file.get(), &status) != 0) {
    throw_errno("reading", object, errno);
  }
  if (!S_ISREG(status.st_mode)) {
    if (S_ISDIR(status.st_mode)) {
      throw Error(ErrorKind::kNotFound, "reading " + object + ": a folder, expected a file");
    }
    throw Error(ErrorKind::kUnavailable,
                "reading " + object + ": a pipe, socket or device, expected a file");
  }
  return file;
}

[[noreturn]] void fail_replaced(const std::string& object, const char* when) {
  throw Error(ErrorKind::kReplaced,
              "reading " + object + ": it was replaced " + when + "; run again");
}

class LocalReader final : public ObjectReader {
 public:
  LocalReader(Descriptor file, const struct stat& status, std::string object)
      : file_(std::move(file)),
        size_(static_cast<std::uint64_t>(status.st_size)),
        version_(file_version(status)),
        object_(std::move(object)) {}

  std::uint64_t size() const override { return size_; }

  void read_at(std::uint64_t offset, std::span<char> bytes) override {
    const ssize_t got = read_fully(file_.get(), bytes.data(), bytes.size(), offset);
    if (got < 0) throw_errno("reading", object_, errno);
    if (static_cast<std::size_t>(got) != bytes.size()) {
      throw Error(ErrorKind::kCorrupt, "reading " + object_ + ": expected " +
                                           std::to_string(bytes.size()) + " bytes from byte " +
                                           std::to_string(offset) + " on, found " +
                                           std::to_string(got));
    }
    refuse_change();
  }

 private:
  void refuse_change() const {
    struct stat status {};
    if (::fstat(file_.get(), &status) != 0) throw_errno("reading", object_, errno);
    if (file_version(status) != version_) fail_replaced(object_, "while it was read");
  }

  Descriptor file_;
  std::uint64_t size_;
  std::string version_;
  std::string object_;
};

// Writes under a temporary name in the final folder, so that commit() is a rename in one file
// system.
class LocalWriter final : public ObjectWriter {
 public:
  LocalWriter(int root, std::string name, std::string object)
      : name_(std::move(name)), object_(std::move(object)) {
    if (!make_folders_above(root, name_)) throw_errno("making the folder of", object_, errno);
    folder_ = open_at(root, folder_of(name_), O_RDONLY | O_DIRECTORY);
    if (!folder_.is_open()) throw_errno("writing", object_, errno);
    name_ = name_.substr(name_.rfind('/') + 1);
    static std::atomic<std::uint64_t> count{0};
    do {
      temporary_name_ = temporary_name(count++);
      file_ = open_at(folder_.get(), temporary_name_, O_WRONLY | O_CREAT | O_EXCL, 0666);
    } while (!file_.is_open() && errno == EEXIST);
    if (!file_.is_open()) throw_errno("writing", object_, errno);
  }

  ~LocalWriter() override {
    if (!committed_) ::unlinkat(folder_.get(), temporary_name_.c_str(), 0);
  }

  void write(std::string_view bytes) override {
    while (!bytes.empty()) {
      const ssize_t written = ::write(file_.get(), bytes.data(), bytes.size());
      if (written < 0 && errno == EINTR) continue;
      if (written < 0) throw_errno("writing", object_, errno);
      bytes.remove_prefix(static_cast<std::size_t>(written));
    }
  }

  void commit() override {
    close_file();
    if (::renameat(folder_.get(), temporary_name_.c_str(), folder_.get(), name_.c_str()) != 0) {
      throw_errno("writing", object_, errno);
    }
    committed_ = true;
  }

  // False when there is a file already; the temporary one then goes as without commit().
  bool commit_if_absent() {
    close_file();
    committed_ = rename_if_absent(folder_.get(), temporary_name_, name_);
    if (!committed_ && errno != EEXIST) throw_errno("writing", object_, errno);
    return committed_;
  }

 private:
  void close_file() {
    // Some file systems report a full disk only when a file is closed.
    if (file_.reset() != 0) throw_errno("writing", object_, errno);
  }

  std::string name_;
  std::string object_;
  std::string temporary_name_;
  Descriptor folder_;
  Descriptor file_;
  bool committed_ = false;
};

bool remove_at(int folder, const std::string& name);

bool remove_entries(int folder, const std::string& name) {
  Descriptor descriptor = open_at(folder, name, O_RDONLY | O_DIRECTORY | O_NOFOLLOW);
  if (!descriptor.is_open()) return errno == ENOENT;
  const std::unique_ptr<DIR, int (*)(DIR*)> entries(::fdopendir(descriptor.get()), &::closedir);
  if (entries == nullptr) return false;
  descriptor.release();
  for (;;) {
    errno = 0;
    const dirent* entry = ::readdir(entries.get());  // NOLINT(concurrency-mt-unsafe)
    if (entry == nullptr) return errno == 0;
    const std::string entry_name = entry->d_name;
    if (entry_name == "." || entry_name == "..") continue;
    if (!remove_at(::dirfd(entries.get()), entry_name)) return false;
  }
}

// A file, a link (never what it leads to), or a folder with all in it; false with errno set.
bool remove_at(int folder, const std::string& name) {
  if (::unlinkat(folder, name.c_str(), 0) == 0 || errno == ENOENT || errno == ENOTDIR) return true;
  if (errno != EISDIR) return false;
  constexpr int kTries = 10;  // others may write into it, or remove it, meanwhile
  for (int i = 0; i < kTries; ++i) {
    if (!remove_entries(folder, name)) return false;
    if (::unlinkat(folder, name.c_str(), AT_REMOVEDIR) == 0 || errno == ENOENT) return true;
    if (errno != ENOTEMPTY && errno != EEXIST) return false;
  }
  return false;
}

}  // namespace

LocalStore::LocalStore(const std::string& folder, IfMissing if_missing) : folder_(folder) {
  if (if_missing == IfMissing::kCreate) {
    std::error_code error;
    std::filesystem::create_directories(folder, error);
    if (error) throw_errno("making the folder", folder, error.value());
  }
  root_ = open_at(AT_FDCWD, folder, O_RDONLY | O_DIRECTORY).release();
  if (root_ < 0) throw_errno("opening the folder", folder, errno);
}

LocalStore::~LocalStore() { ::close(root_); }

std::string LocalStore::object_name(std::string_view key) const {
  return folder_ == "." ? std::string(key) : folder_ + "/" + std::string(key);
}

void LocalStore::list(std::string_view prefix,
                      const std::function<void(const ObjectInfo&)>& found) const {
  if (!prefix.empty()) check_key(prefix, "listing");
  list_local(root_, prefix, found);
}

bool LocalStore::exists(std::string_view key) const {
  check_key(key, "looking for");
  struct stat status {};
  if (::fstatat(root_, name_from_key(key).c_str(), &status, 0) == 0) {
    return S_ISREG(status.st_mode);
  }
  if (errno != ENOENT && errno != ENOTDIR) throw_errno("looking for", object_name(key), errno);
  return false;
}

void LocalStore::read(std::string_view key, std::uint64_t max_bytes, std::string& bytes,
                      std::string_view version) const {
  const std::string object = object_name(key);
  struct stat status {};
  const Descriptor file = open_file(root_, key, object, status);
  const auto size = static_cast<std::uint64_t>(status.st_size);
  if (size > max_bytes) {
    throw Error(ErrorKind::kInvalidInput, "reading " + object + ": it has " + std::to_string(size) +
                                              " bytes, more than the limit of " +
                                              std::to_string(max_bytes));
  }
  const std::string found = file_version(status);
  if (!version.empty() && version != found) fail_replaced(object, "since it was listed");
  bytes.resize(size);
  const ssize_t got = read_fully(file.get(), bytes.data(), bytes.size(), 0);
  if (got < 0 || ::fstat(file.get(), &status) != 0) throw_errno("reading", object, errno);
  if (static_cast<std::uint64_t>(got) != size || file_version(status) != found ||
      static_cast<std::uint64_t>(status.st_size) != size) {
    fail_replaced(object, "while it was read");
  }
}

std::unique_ptr<ObjectReader> LocalStore::open(std::string_view key) const {
  std::string object = object_name(key);
  struct stat status {};
  Descriptor file = open_file(root_, key, object, status);
  return std::make_unique<LocalReader>(std::move(file), status, std::move(object));
}

std::unique_ptr<ObjectWriter> LocalStore::create(std::string_view key) {
  check_key(key, "writing");
  return std::make_unique<LocalWriter>(root_, name_from_key(key), object_name(key));
}

bool LocalStore::write_if_absent(std::string_view key, std::string_view bytes) {
  check_key(key, "writing");
  LocalWriter writer(root_, name_from_key(key), object_name(key));
  writer.write(bytes);
  return writer.commit_if_absent() || ObjectStore::read(key) == bytes;
}

void LocalStore::move(std::string_view from, std::string_view to) {
  check_move(from, to);
  const std::string source = name_from_key(from);
  const std::string target = name_from_key(to);
  const auto rename = [&] { return ::renameat(root_, source.c_str(), root_, target.c_str()) == 0; };
  if (!make_folders_above(root_, target))
    throw_errno("making the folder of", object_name(to), errno);
  if (rename()) return;
  if (errno == ENOTEMPTY || errno == EEXIST || errno == EISDIR || errno == ENOTDIR) {
    if (!remove_at(root_, target)) throw_errno("replacing", object_name(to), errno);
    if (rename()) return;
  }
  throw_errno("moving", object_name(from) + " to " + object_name(to), errno);
}

void LocalStore::remove(std::string_view key) {
  check_key(key, "removing");
  if (!remove_at(root_, name_from_key(key))) throw_errno("removing", object_name(key), errno);
}

void LocalStore::remove_objects(const std::vector<std::string>& keys) {
  for (const std::string& key : keys) {
    check_key(key, "removing");
    if (::unlinkat(root_, name_from_key(key).c_str(), 0) == 0 || errno == ENOENT ||
        errno == ENOTDIR || errno == EISDIR) {
      continue;
    }
    throw_errno("removing", object_name(key), errno);
  }
}

void LocalStore::settle() {
  // A file system that knows no such thing keeps what it can.
  if (::syncfs(root_) != 0 && errno != ENOSYS && errno != EINVAL) {
    throw_errno("writing to the disk", folder_, errno);
  }
}

std::size_t LocalStore::remove_unfinished(const std::vector<std::string>& keys, bool dry_run) {
  namespace fs = std::filesystem;
  constexpr auto kSkipDenied = fs::directory_options::skip_permission_denied;
  std::vector<fs::path> temporary;
  const auto look_at = [&](const fs::path& path) {
    if (is_temporary_name(path.filename().string())) temporary.push_back(path);
  };
  std::error_code none;  // a key that is no folder
  for (const std::string& key : keys) {
    const fs::path path = fs::path(folder_) / name_from_key(key);
    for (const auto& entry : fs::recursive_directory_iterator(path, kSkipDenied, none)) {
      look_at(entry.path());
    }
  }
  for (const auto& entry : fs::directory_iterator(folder_, kSkipDenied)) look_at(entry.path());
  for (const fs::path& path : temporary) {
    if (!dry_run && ::unlink(path.c_str()) != 0) throw_errno("removing", path.string(), errno);
  }
  return temporary.size();
}

}  // namespace pomona
