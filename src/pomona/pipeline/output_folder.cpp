// SPDX-License-Identifier: Apache-2.0
#include "pomona/pipeline/output_folder.h"

#include <algorithm>
#include <filesystem>
#include <system_error>

#include "pomona/base/error.h"
#include "pomona/storage/local_store.h"

namespace pomona {
namespace {

namespace fs = std::filesystem;

constexpr const char* kWorkFolder = "_pomona";
constexpr const char* kStagedFolder = "_pomona/staged";
constexpr const char* kScratchFolder = "_pomona/scratch";
constexpr const char* kSuccess = "_SUCCESS";

bool lies_inside(const fs::path& inner, const fs::path& outer) {
  const fs::path relative = inner.lexically_relative(outer);
  return !relative.empty() && *relative.begin() != "..";
}

fs::path resolved(const std::string& path) {
  std::error_code error;
  fs::path result = fs::weakly_canonical(fs::absolute(path), error);
  if (error) result = fs::absolute(path).lexically_normal();
  // "out/" and "out" are the same folder.
  return result.has_filename() ? result : result.parent_path();
}

void refuse_overlap(const std::string& path, const std::vector<std::string>& inputs) {
  for (const std::string& input : inputs) {
    if (input.empty()) continue;
    if (lies_inside(resolved(path), resolved(input)) ||
        lies_inside(resolved(input), resolved(path))) {
      throw Error(ErrorKind::kInvalidInput, "writing to '" + path + "': it overlaps the input '" +
                                                input + "'; choose an output folder beside it");
    }
  }
}

void refuse_content(const std::string& path, bool force) {
  std::error_code error;
  if (fs::exists(path, error) && !fs::is_directory(path, error)) {
    throw Error(ErrorKind::kInvalidInput,
                "writing to '" + path +
                    "': it is a file; expected a folder that is empty or does not exist yet");
  }
  const fs::directory_iterator entries(path, error);
  if (error || entries == fs::directory_iterator()) return;
  if (force) {
    for (const char* ours : {"run.json", kSuccess, kWorkFolder}) {
      if (fs::exists(fs::path(path) / ours, error)) return;
    }
    throw Error(
        ErrorKind::kInvalidInput,
        "writing to '" + path +
            "': the folder is not empty and nothing in it was written by pomona (neither "
            "run.json nor _SUCCESS), so --force will not replace anything there; name a new "
            "folder");
  }
  const bool unfinished = fs::exists(fs::path(path) / kWorkFolder);
  throw Error(ErrorKind::kInvalidInput,
              "writing to '" + path + "': " +
                  (unfinished ? "a run that was cut off, or is still at work, left its files there"
                              : "the folder is not empty") +
                  "; name a new folder, or give --force to replace earlier results in it");
}

// The folder and those above it that do not exist yet, the innermost first.
std::vector<std::string> missing_folders(const std::string& path) {
  std::vector<std::string> missing;
  std::error_code error;
  for (fs::path folder = resolved(path); folder.has_relative_path() && !fs::exists(folder, error);
       folder = folder.parent_path()) {
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

OutputFolder::OutputFolder(const std::string& path, bool force,
                           const std::vector<std::string>& inputs)
    : path_(path) {
  if (path.empty()) {
    throw Error(ErrorKind::kInvalidInput,
                "choosing where to write: no output folder given; use --out FOLDER");
  }
  refuse_overlap(path, inputs);
  refuse_content(path, force);
  made_folders_ = missing_folders(path);
  try {
    root_ = std::make_unique<LocalStore>(path, LocalStore::IfMissing::kCreate);
    root_->remove(kWorkFolder);
    const LocalStore scratch((fs::path(path) / kScratchFolder).string(),
                             LocalStore::IfMissing::kCreate);
    staged_ = std::make_unique<LocalStore>((fs::path(path) / kStagedFolder).string(),
                                           LocalStore::IfMissing::kCreate);
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
  staged_.reset();
  fs::remove_all(fs::path(path_) / kWorkFolder, ignored);
  for (const std::string& folder : made_folders_) fs::remove(folder, ignored);
}

ObjectStore& OutputFolder::staged() { return *staged_; }

std::string OutputFolder::scratch_path(const std::string& name) const {
  return (fs::path(path_) / kScratchFolder / name).string();
}

void OutputFolder::publish() {
  // From here on the earlier result is gone; until the last line the folder is incomplete.
  root_->remove(kSuccess);
  for (const std::string& name : output_names()) {
    const bool is_new = staged_->exists(name) || fs::exists(fs::path(path_) / kStagedFolder / name);
    root_->remove(name);
    if (is_new) root_->move(std::string(kStagedFolder) + "/" + name, name);
  }
  root_->remove(kWorkFolder);
  root_->write(kSuccess, "");
  published_ = true;
}

}  // namespace pomona
