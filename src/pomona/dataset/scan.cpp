// SPDX-License-Identifier: Apache-2.0
#include "pomona/dataset/scan.h"

#include <algorithm>
#include <map>
#include <mutex>
#include <span>
#include <tuple>
#include <utility>

#include "pomona/base/bounds.h"
#include "pomona/base/error.h"
#include "pomona/base/number_text.h"
#include "pomona/base/parallel.h"
#include "pomona/dataset/files/copies.h"
#include "pomona/dataset/files/file_content.h"
#include "pomona/dataset/files/hidden_names.h"
#include "pomona/dataset/label_numbers.h"
#include "pomona/dataset/near_misses.h"
#include "pomona/image/image_format.h"
#include "pomona/storage/key.h"
#include "pomona/storage/read_failure.h"

namespace pomona {
namespace {

class FileNameFilter {
 public:
  FileNameFilter(const std::string& option, const std::string& pattern)
      : option_(option), pattern_(pattern), regex_(parse_pattern(option, pattern)) {}

  bool given() const { return !pattern_.empty(); }
  bool matches(std::string_view key) {
    const std::string_view name = file_name(key);
    const bool found = std::regex_search(name.data(), name.data() + name.size(), regex_);
    matched_ = matched_ || found;
    return found;
  }
  void refuse_unmatched() const {
    if (!given() || matched_) return;
    throw Error(ErrorKind::kInvalidInput,
                option_ + " '" + pattern_ + "': the pattern fits no file name; check it");
  }

 private:
  std::string option_;
  std::string pattern_;
  std::regex regex_;
  bool matched_ = false;
};

class Lister {
 public:
  Lister(const SplitOptions& options, const ImageRoots& roots, Progress& progress,
         std::stop_token stop)
      : rule_(roots.labels),
        labeller_(roots.labels),
        train_files_("train_files", options.train_files),
        test_files_("test_files", options.test_files),
        has_test_set_(roots.test != nullptr),
        include_hidden_(roots.include_hidden),
        progress_(progress),
        stop_(std::move(stop)) {}

  void list(const ObjectStore& store, Split split, Manifest& manifest) {
    const std::size_t before = manifest.rows.size();
    store.list("", [&](const ObjectInfo& object) {
      throw_if_stopped(stop_);
      add(object, split, manifest);
      progress_.advance(1);
    });
    const auto added = std::span(manifest.rows).subspan(before);
    if (added.empty()) refuse_empty("in '" + store.describe() + "'");
    refuse_hidden_alone(added, store);
    for (const std::string& source : rule_.sources(split)) {
      const bool seen = std::ranges::any_of(
          added, [&](const ManifestRow& row) { return is_below(row.path, source); });
      if (!seen) refuse_empty("of the source '" + source + "'");
    }
  }
  void refuse_unmatched() const {
    labeller_.refuse_unknown();
    train_files_.refuse_unmatched();
    test_files_.refuse_unmatched();
  }

  bool splits_by_name() const {
    return !has_test_set_ && (train_files_.given() || test_files_.given());
  }
  const LabelNumbers& labels() const { return labels_; }
  // Index files and the like are no loss.
  void warn_of_hidden() const {
    if (hidden_images_ == 0) return;
    progress_.warn("include_hidden: " + std::to_string(hidden_images_) +
                   (hidden_images_ == 1 ? " file that is called an image has a hidden name, '"
                                        : " files that are called images have hidden names, the "
                                          "first is '") +
                   std::string(first_hidden_) +
                   "'; such files are left out, set include_hidden to take them");
  }

 private:
  [[noreturn]] static void refuse_empty(const std::string& which) {
    throw Error(ErrorKind::kInvalidInput,
                "listing photographs " + which + ": no file found; expected LABEL/PHOTO below it");
  }

  static void refuse_hidden_alone(std::span<const ManifestRow> added, const ObjectStore& store) {
    const auto is_hidden_row = [](const ManifestRow& row) {
      return row.status == FileStatus::kSkipped && row.skip_reason == SkipReason::kHidden;
    };
    if (!std::ranges::all_of(added, is_hidden_row)) return;
    throw Error(ErrorKind::kInvalidInput, "listing photographs in '" + store.describe() +
                                              "': all " + std::to_string(added.size()) +
                                              " files have hidden names, such as '" +
                                              std::string(added.front().path) +
                                              "'; rename the folders, or set include_hidden");
  }

  // The name of a source is the user's own.
  bool has_hidden_name(std::string_view key, Split split) const {
    if (include_hidden_) return false;
    if (!rule_.sources(split).empty()) key.remove_prefix(std::min(key.find('/'), key.size()));
    while (key.starts_with('/')) key.remove_prefix(1);
    return is_hidden(key);
  }

  void add(const ObjectInfo& object, Split split, Manifest& manifest) {
    ManifestRow row;
    row.path = manifest.texts->keep(object.key);
    row.bytes = object.bytes;
    row.version = manifest.texts->keep(object.version);
    row.split = split;
    const bool hidden = has_hidden_name(object.key, split);
    const auto label = hidden ? std::nullopt : labeller_.label(split, object.key);
    row.label = labels_.number(label.value_or(""));
    if (hidden) {
      skip(row, SkipReason::kHidden);
      note_hidden(row);
    } else if (!choose_side(row)) {
      skip(row, SkipReason::kFileName);
    } else if (!label) {
      skip(row, SkipReason::kClass);
    } else if (!object.readable) {
      row.status = FileStatus::kFailed;
      manifest.failures.push_back(
          {row.split, object.key, "list", read_failure_kind(object.problem_kind), object.problem});
    }
    manifest.rows.push_back(row);
  }

  static void skip(ManifestRow& row, SkipReason reason) {
    row.status = FileStatus::kSkipped;
    row.skip_reason = reason;
  }
  void note_hidden(const ManifestRow& row) {
    if (!is_image_name(row.path)) return;
    if (hidden_images_++ == 0) first_hidden_ = row.path;
    first_hidden_ = std::min(first_hidden_, row.path);
  }

  // False when the file name belongs to neither side.
  bool choose_side(ManifestRow& row) {
    if (has_test_set_) {
      return (row.split == Split::kTest ? test_files_ : train_files_).matches(row.path);
    }
    if (!splits_by_name()) return true;
    const bool train = train_files_.given() && train_files_.matches(row.path);
    const bool test = test_files_.given() && test_files_.matches(row.path);
    if (train && test) {
      throw Error(ErrorKind::kInvalidInput, "train_files, test_files: both fit '" +
                                                std::string(row.path) +
                                                "'; make the patterns exclude each other");
    }
    const bool is_test = test_files_.given() ? test : !train;
    if (is_test) row.split = Split::kTest;
    return is_test || train || !train_files_.given();
  }

  const LabelRule& rule_;
  Labeller labeller_;
  FileNameFilter train_files_;
  FileNameFilter test_files_;
  bool has_test_set_;
  bool include_hidden_;
  std::size_t hidden_images_ = 0;
  std::string_view first_hidden_;
  Progress& progress_;
  std::stop_token stop_;
  LabelNumbers labels_;
};

void hold_out(Scan& found, const SplitOptions& options, const ImageRoots& roots, Progress& progress,
              const std::stop_token& stop) {
  Manifest& manifest = found.manifest;
  std::vector<std::size_t> candidates;
  std::vector<bool> has_rows(manifest.labels.size());
  for (std::size_t i = 0; i < manifest.rows.size(); ++i) {
    if (manifest.rows[i].status != FileStatus::kOk) continue;
    candidates.push_back(i);
    has_rows[manifest.rows[i].label] = !manifest.label(manifest.rows[i]).empty();
  }
  // With fewer than two labels there is nothing to judge.
  if (options.holdout == 0 || std::ranges::count(has_rows, true) < 2) return;
  join_copies(manifest, find_copies(roots, manifest, progress, stop), found.groups);
  for (const std::size_t row :
       choose_holdout(manifest, candidates, found.groups, options.holdout, options.seed)) {
    manifest.rows[row].split = Split::kTest;
  }
  found.split_kind = SplitKind::kHoldout;
}

FileContent read_content(const ObjectStore& store, std::string_view path) {
  const std::unique_ptr<ObjectReader> file = store.open(path);
  std::string bytes(std::min<std::uint64_t>(file->size(), kSniffBytes), '\0');
  file->read_at(0, bytes);
  return file_content(path, bytes);
}

bool has_test_row(const Scan& found) {
  return std::ranges::any_of(found.manifest.rows,
                             [](const ManifestRow& row) { return row.split == Split::kTest; });
}

}  // namespace

std::string_view split_kind_name(SplitKind kind) {
  switch (kind) {
    case SplitKind::kNone: return "none";
    case SplitKind::kHoldout: return "holdout";
    case SplitKind::kTestSet: return "test_set";
    case SplitKind::kFileNames: return "file_names";
  }
  return "none";
}

SplitKind split_kind_from_name(std::string_view name) {
  for (const SplitKind kind :
       {SplitKind::kNone, SplitKind::kHoldout, SplitKind::kTestSet, SplitKind::kFileNames}) {
    if (split_kind_name(kind) == name) return kind;
  }
  throw Error(ErrorKind::kCorrupt,
              "reading how photographs were divided: '" + std::string(name) + "' is not known");
}

void SplitOptions::check() const {
  if (!(holdout >= 0 && holdout < 1)) {
    refuse_option("holdout", "a share from 0 to less than 1", shown_number(holdout));
  }
  parse_pattern("train_files", train_files);
  parse_pattern("test_files", test_files);
  parse_pattern("group", group);
}

Scan scan(const ImageRoots& roots, const SplitOptions& options, Progress& progress,
          const std::stop_token& stop) {
  options.check();
  progress.begin("scan", 0);
  Scan found;
  Lister lister(options, roots, progress, stop);
  lister.list(*roots.images, Split::kTrain, found.manifest);
  if (roots.test) lister.list(*roots.test, Split::kTest, found.manifest);
  lister.refuse_unmatched();
  lister.warn_of_hidden();
  lister.labels().settle(found.manifest);
  sort_rows(found.manifest);
  found.groups = find_groups(found.manifest, options.group);
  if (roots.test) {
    found.split_kind = SplitKind::kTestSet;
  } else if (lister.splits_by_name()) {
    found.split_kind = SplitKind::kFileNames;
  } else {
    hold_out(found, options, roots, progress, stop);
    sort_rows(found.manifest);
    found.groups = find_groups(found.manifest, options.group);
    if (found.split_kind == SplitKind::kHoldout && !has_test_row(found)) {
      progress.warn(why_none_held_out(found.manifest, found.groups, options.holdout));
    }
  }
  sort_failures(found.manifest.failures);
  const std::string near_misses = near_miss_warning(found.manifest.labels, found.manifest.labels);
  if (!near_misses.empty()) progress.warn(near_misses);
  return found;
}

void check_content(const ImageRoots& roots, Manifest& manifest, Progress& progress,
                   const std::stop_token& stop) {
  progress.begin("check", manifest.rows.size());
  const std::size_t readers = std::max<std::size_t>(roots.concurrent_reads(), 1);
  std::mutex mutex;
  parallel_for(manifest.rows.size(), readers, [&](std::size_t i, std::size_t) {
    throw_if_stopped(stop);
    progress.advance(1);
    ManifestRow& row = manifest.rows[i];
    if (row.status != FileStatus::kOk) return;
    try {
      FileContent content = read_content(roots.store(row.split), row.path);
      row.status = content.status;
      if (!content.failure) return;
      const std::lock_guard lock(mutex);
      manifest.failures.push_back(decode_failure(row, std::move(*content.failure)));
    } catch (const Error& error) {
      if (error.kind() == ErrorKind::kInterrupted) throw;
      row.status = FileStatus::kFailed;
      const std::lock_guard lock(mutex);
      manifest.failures.push_back({row.split, std::string(row.path), "read",
                                   read_failure_kind(error.kind()), error.what()});
    }
  });
  sort_failures(manifest.failures);
}

}  // namespace pomona
