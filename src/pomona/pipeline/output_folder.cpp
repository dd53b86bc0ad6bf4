// SPDX-License-Identifier: Apache-2.0
#include "pomona/pipeline/output_folder.h"

#include <fcntl.h>
#include <sys/file.h>

#include <algorithm>
#include <cerrno>
#include <cstdlib>
#include <filesystem>
#include <set>
#include <system_error>

#include "pomona/base/error.h"
#include "pomona/storage/key.h"
#include "pomona/storage/local_store.h"
#include "pomona/storage/posix_file.h"

namespace pomona {
namespace {

namespace fs = std::filesystem;

constexpr const char* kWorkFolder = "_pomona";
constexpr const char* kStagedFolder = "_pomona/staged";
constexpr const char* kScratchFolder = "_pomona/scratch";
constexpr const char* kSuccess = "_SUCCESS";

void refuse_overlap(const std::string& place, const std::vector<std::string>& inputs) {
  for (const std::string& input : inputs) {
    if (input.empty()) continue;
    if (places_overlap(place, input)) {
      throw Error(ErrorKind::kInvalidInput, "writing to '" + place + "': it overlaps the input '" +
                                                input + "'; choose an output folder beside it");
    }
  }
}

// What lies in a place already.
struct Content {
  bool any = false;
  bool ours = false;        // some of it was written by a run
  bool unfinished = false;  // … that has not come to its end
};

Content content_of_folder(const std::string& path) {
  std::error_code error;
  if (fs::exists(path, error) && !fs::is_directory(path, error)) {
    throw Error(ErrorKind::kInvalidInput,
                "writing to '" + path +
                    "': it is a file; expected a folder that is empty or does not exist yet");
  }
  Content content;
  const fs::directory_iterator entries(path, error);
  content.any = !error && entries != fs::directory_iterator();
  for (const char* name : {"run.json", kSuccess, kWorkFolder}) {
    content.ours = content.ours || fs::exists(fs::path(path) / name, error);
  }
  content.unfinished = fs::exists(fs::path(path) / kWorkFolder, error);
  return content;
}

Content content_of_store(const ObjectStore& store) {
  Content content;
  store.list("", [&](const ObjectInfo& object) {
    content.any = true;
    content.unfinished = content.unfinished || is_below(object.key, kWorkFolder);
    content.ours =
        content.ours || content.unfinished || object.key == "run.json" || object.key == kSuccess;
  });
  return content;
}

void refuse_content(const Content& content, const std::string& place, bool force) {
  if (!content.any || (force && content.ours)) return;
  if (force) {
    throw Error(
        ErrorKind::kInvalidInput,
        "writing to '" + place +
            "': the folder is not empty and nothing in it was written by pomona (neither "
            "run.json nor _SUCCESS), so --force will not replace anything there; name a new "
            "folder");
  }
  throw Error(
      ErrorKind::kInvalidInput,
      "writing to '" + place + "': " +
          (content.unfinished ? "a run that was cut off, or is still at work, left its files there"
                              : "the folder is not empty") +
          "; name a new folder, or give --force to replace earlier results in it");
}

// False when it stays: an error is under way already that tells more, and the next run with
// --force removes what remains.
bool remove_if_possible(ObjectStore& store, std::string_view key) {
  try {
    store.remove(key);
    return true;
  } catch (const Error&) {
    return false;
  }
}

// Throws unavailable while another process holds it. A file system without locks gives none.
Descriptor lock_folder(const std::string& path) {
  Descriptor folder = open_at(AT_FDCWD, path, O_RDONLY | O_DIRECTORY);
  if (folder.is_open() && ::flock(folder.get(), LOCK_EX | LOCK_NB) != 0 && errno == EWOULDBLOCK) {
    throw Error(ErrorKind::kUnavailable, "writing to '" + path +
                                             "': another run is at work there; wait until it has "
                                             "ended, or name another folder");
  }
  return folder;
}

// A folder of this process alone among the temporary ones.
std::string make_scratch_folder() {
  std::string folder = (fs::temp_directory_path() / "pomona-scratch-XXXXXX").string();
  if (::mkdtemp(folder.data()) == nullptr) throw_errno("making the folder", folder, errno);
  return folder;
}

// The folder and those above it that do not exist yet, the innermost first.
std::vector<std::string> missing_folders(const std::string& path) {
  std::vector<std::string> missing;
  std::error_code error;
  fs::path folder = fs::absolute(path).lexically_normal();
  if (!folder.has_filename()) folder = folder.parent_path();
  for (; folder.has_relative_path() && !fs::exists(folder, error); folder = folder.parent_path()) {
    missing.push_back(folder.string());
  }
  return missing;
}

}  // namespace

const std::vector<std::string>& output_names() {
  static const std::vector<std::string> names = {
      "manifest",    "features",     "reduced",   "thumbnails",   "bundle",
      "reduced.csv", "failures.csv", "map.json",  "metrics.json", "confusion.csv",
      "run.json",    "report.html",  "SHA256SUMS"};
  return names;
}

OutputFolder::OutputFolder(const std::string& place, const StoreOptions& stores, bool force,
                           const std::vector<std::string>& inputs)
    : place_(place) {
  if (place.empty()) {
    throw Error(ErrorKind::kInvalidInput,
                "choosing where to write: no output folder given; use --out FOLDER");
  }
  refuse_overlap(place, inputs);
  const bool remote = is_remote(place);
  if (!remote) {
    refuse_content(content_of_folder(place), place, force);
    made_folders_ = missing_folders(place);
  }
  try {
    // Cleaning up and publishing are not cut short.
    StoreOptions unstoppable = stores;
    unstoppable.stop = {};
    root_ = open_store(place, unstoppable, LocalStore::IfMissing::kCreate);
    if (remote) {
      refuse_content(content_of_store(*root_), place, force);
    } else {
      lock_ = lock_folder(place);
    }
    root_->remove(kWorkFolder);
    scratch_ = remote ? make_scratch_folder() : (fs::path(place) / kScratchFolder).string();
    const LocalStore scratch(scratch_, LocalStore::IfMissing::kCreate);
    staged_ = open_store(place + "/" + kStagedFolder, stores, LocalStore::IfMissing::kCreate);
  } catch (...) {
    clean_up();
    throw;
  }
}

OutputFolder::~OutputFolder() {
  if (!published_) clean_up();
}

void OutputFolder::clean_up() {
  std::error_code ignored;
  const bool staged = staged_ != nullptr;
  staged_.reset();
  if (!scratch_.empty()) fs::remove_all(scratch_, ignored);
  if (!is_remote(place_)) {
    // Without the lock what lies there is another run's.
    if (lock_.is_open()) fs::remove_all(fs::path(place_) / kWorkFolder, ignored);
    for (const std::string& folder : made_folders_) fs::remove(folder, ignored);
  } else if (staged) {
    remove_if_possible(*root_, kWorkFolder);
  }
}

ObjectStore& OutputFolder::staged() { return *staged_; }

std::string OutputFolder::scratch_path(const std::string& name) const {
  return (fs::path(scratch_) / name).string();
}

void OutputFolder::publish() {
  std::set<std::string> made;
  staged_->list("", [&](const ObjectInfo& object) {
    made.insert(object.key.substr(0, object.key.find('/')));
  });
  // From here on the earlier result is gone; until the last line the folder is incomplete.
  root_->remove(kSuccess);
  for (const std::string& name : output_names()) {
    root_->remove(name);
    if (made.contains(name)) root_->move(std::string(kStagedFolder) + "/" + name, name);
  }
  root_->remove(kWorkFolder);
  std::error_code ignored;
  fs::remove_all(scratch_, ignored);
  if (!root_->write_if_absent(kSuccess, "")) {
    throw Error(ErrorKind::kUnavailable,
                "publishing in '" + place_ +
                    "': another run has written _SUCCESS there meanwhile; run `pomona verify`, and "
                    "give each run its own folder");
  }
  published_ = true;
}

}  // namespace pomona
