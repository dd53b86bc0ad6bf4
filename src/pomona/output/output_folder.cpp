// SPDX-License-Identifier: Apache-2.0
#include "pomona/output/output_folder.h"

#include <fcntl.h>
#include <sys/file.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <exception>
#include <filesystem>
#include <system_error>

#include "pomona/base/bounds.h"
#include "pomona/base/error.h"
#include "pomona/base/random.h"
#include "pomona/base/row_file.h"
#include "pomona/output/checked_json.h"
#include "pomona/output/earlier_results.h"
#include "pomona/output/output_names.h"
#include "pomona/output/publication.h"
#include "pomona/storage/key.h"
#include "pomona/storage/place.h"

namespace pomona {
namespace {

namespace fs = std::filesystem;

constexpr const char* kStagedFolder = "staged";
constexpr const char* kDiscardable = "discardable";

void refuse_overlap(const std::string& place, const std::vector<std::string>& inputs) {
  for (const std::string& input : inputs) {
    if (input.empty()) continue;
    if (places_overlap(place, input)) {
      throw Error(ErrorKind::kInvalidInput, "writing to '" + place + "': it overlaps the input '" +
                                                input + "'; choose an output folder beside it");
    }
  }
}

void refuse_file(const std::string& path) {
  std::error_code error;
  if (!fs::exists(path, error) || fs::is_directory(path, error)) return;
  throw Error(ErrorKind::kInvalidInput,
              "writing to '" + path +
                  "': it is a file; expected a folder that is empty or does not exist yet");
}

// Errors are ignored: another one is under way already that says more, or all is published.
// `pomona clean` removes what remains.
template <class Action>
void if_possible(const Action& action) {
  try {
    action();
  } catch (const std::exception&) {  // NOLINT(bugprone-empty-catch)
  }
}

void remove_if_possible(ObjectStore& store, std::string_view key) {
  if_possible([&] { store.remove(key); });
}

// Throws unavailable while another process holds it otherwise. A file system without locks gives
// none.
Descriptor lock_folder(const std::string& path, OutputFolder::Access access, bool& locked) {
  Descriptor folder = open_at(AT_FDCWD, path, O_RDONLY | O_DIRECTORY);
  const int kind = access == OutputFolder::Access::kShared ? LOCK_SH : LOCK_EX;
  locked = folder.is_open() && ::flock(folder.get(), kind | LOCK_NB) == 0;
  if (folder.is_open() && !locked && errno == EWOULDBLOCK) {
    throw Error(ErrorKind::kUnavailable, "writing to '" + path +
                                             "': another run is at work there; wait until it has "
                                             "ended, or name another folder");
  }
  return folder;
}

// "" where there is none.
std::string record_of(const ObjectStore& store) {
  return store.exists(kRunRecord) ? store.read(kRunRecord) : "";
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

OutputFolder::OutputFolder(const std::string& place, const StoreOpener& stores,
                           const std::vector<std::string>& inputs, Access access)
    : place_(place), stores_(stores), keep_work_(access == Access::kShared) {
  check_given("out", !place.empty(), "a folder, or s3://bucket/prefix, for the results");
  refuse_overlap(place, inputs);
  const bool remote = is_remote(place);
  if (!remote) {
    refuse_file(place);
    made_folders_ = missing_folders(place);
  }
  try {
    // Cleaning up and publishing are not cut short.
    root_ = stores.open(place, {.create = true, .stoppable = false});
    bool locked = false;
    if (!remote) lock_ = lock_folder(place, access, locked);
    attempt_ = random_name();
    end_publication();
    content_ = look();
    // Another run may have begun since the note was looked for.
    if (is_damaged()) unfinished_ = read_work_note(*root_);
    // The publication was interrupted before all was cleaned up.
    for (const std::string& fingerprint : content_.published) {
      if (!content_.work && !root_->exists(kWorkNote)) root_->remove(work_folder(fingerprint));
    }
    // Under the lock nobody is at work on what no note mentions.
    alone_ = locked && access == Access::kAlone;
    if (alone_ && !content_.work) root_->remove(kWorkFolder);
    if (alone_) root_->remove_unfinished(written_names(), /*dry_run=*/false);
  } catch (...) {
    clean_up();
    throw;
  }
}

OutputFolder::~OutputFolder() {
  if (!published_) clean_up();
}

OutputFolder::Content OutputFolder::look() const {
  Content content;
  bool record = false;
  bool results = false;
  root_->list("", [&](const ObjectInfo& object) {
    const bool of_work = is_below(object.key, kWorkFolder);
    content.any = true;
    content.work = content.work || object.key == kWorkNote;
    content.success = content.success || object.key == kSuccess;
    record = record || object.key == kRunRecord;
    results = results || is_output(object.key);
    content.others = content.others || !of_work;
    content.discardable = content.discardable || (of_work && file_name(object.key) == kDiscardable);
    if (of_work && object.key == publication_key(std::string(parent_name(object.key)))) {
      content.published.emplace_back(parent_name(object.key));
    }
  });
  // Other programs write these names as well.
  record = record && has_our_record(*root_);
  content.complete = content.success && record;
  content.ours = record || (unfinished_ && !results);
  return content;
}

void OutputFolder::end_publication() {
  for (;;) {
    unfinished_ = read_work_note(*root_);
    if (!unfinished_) return;
    const WorkClaim claim = unfinished_->claim;
    const std::optional<Publication> publication = find_publication(*root_, claim.fingerprint);
    if (!publication) return;
    if (!carry_out(*publication, claim, *root_)) continue;  // others were quicker
    end_work(claim);
    unfinished_.reset();
    return;
  }
}

void OutputFolder::end_work(const WorkClaim& claim) {
  pomona::end_work(claim, *root_);
  if (!is_remote(place_)) ::rmdir((fs::path(place_) / kWorkFolder).c_str());
}

void OutputFolder::refuse_content(bool force) const {
  if (!content_.any || (force && content_.ours)) return;
  // What no note mentions was left by a run that was interrupted before it had begun.
  if (!content_.others && (!content_.work || is_damaged() || content_.discardable)) return;
  if (force) {
    throw Error(ErrorKind::kInvalidInput,
                "out, force: '" + place_ +
                    "' is not empty and nothing in it was written by pomona (there is no run.json "
                    "of pomona), so nothing there is replaced; name a new folder");
  }
  throw Error(
      ErrorKind::kInvalidInput,
      "out, force: '" + place_ + "' " +
          (content_.work ? "holds the unfinished work of a run, interrupted or still at work"
                         : "is not empty") +
          "; name a new folder, or set force to replace earlier results in it");
}

void OutputFolder::begin(const std::string& fingerprint) {
  if (content_.work || unfinished_) throw_unfinished_away();
  fingerprint_ = fingerprint;
  open_work();
}

// Only what was seen when this object looked: another run may have done the same since, and begun.
void OutputFolder::throw_unfinished_away() {
  std::string folder = kWorkFolder;
  if (unfinished_) {
    const WorkClaim seen = unfinished_->claim;
    if (!is_current(seen, *root_) || find_publication(*root_, seen.fingerprint)) {
      give_up_overtaken();
    }
    folder = work_folder(seen.fingerprint);
  } else if (read_work_note(*root_)) {
    give_up_overtaken();
  }
  root_->remove(kWorkNote);
  root_->remove(folder);
  unfinished_.reset();
}

bool OutputFolder::announce_work(Json note) {
  note["fingerprint"] = fingerprint_;
  note["attempt"] = attempt_;
  if (root_->write_if_absent(kWorkNote, print_checked_json(note))) {
    announced_ = true;
    beginner_ = attempt_;
    if (content_.success || !root_->exists(kSuccess)) return true;
    root_->remove(kWorkNote);
    root_->remove(work_folder(fingerprint_));
    give_up_overtaken();
  }
  unfinished_ = read_work_note(*root_);
  if (!unfinished_) give_up_overtaken();
  return false;
}

void OutputFolder::resume() {
  if (!unfinished_) {
    throw Error(ErrorKind::kInternal, "going on in '" + place_ + "': there is no unfinished work");
  }
  const WorkClaim claim = unfinished_->claim;
  fingerprint_ = claim.fingerprint;
  beginner_ = claim.beginner;
  keep_work_ = true;
  resumed_ = true;
  try {
    open_work();
  } catch (const Error& error) {
    // Whoever has published removes these folders, perhaps while they are made here.
    if (error.kind() == ErrorKind::kNotFound && !is_announced()) give_up_overtaken();
    throw;
  }
  work_->remove(kDiscardable);
}

void OutputFolder::begin_anew(bool force) {
  refuse_content(force);
  begin(attempt_);
  if (announce_work(Json::object())) return;
  throw Error(ErrorKind::kUnavailable, "writing to '" + place_ +
                                           "': another run is at work there; wait until it has "
                                           "ended, or name another folder");
}

void OutputFolder::open_work() {
  const std::string work = place_ + "/" + work_folder(fingerprint_);
  if (alone_) root_->remove(work_folder(fingerprint_) + "/" + kStagedFolder);  // of dead runs
  work_ = stores_.open(work, {.create = true});
  staged_ = stores_.open(work + "/" + kStagedFolder + "/" + attempt_, {.create = true});
}

void OutputFolder::clean_up() {
  work_.reset();
  staged_.reset();
  const bool remote = is_remote(place_);
  // Without the lock what lies there is another run's.
  if (root_ && (remote || lock_.is_open()) && !fingerprint_.empty()) {
    const std::string work = work_folder(fingerprint_);
    remove_if_possible(*root_, work + "/" + kStagedFolder + "/" + attempt_);
    if (announced_ && !keep_work_) {
      remove_if_possible(*root_, kWorkNote);
      remove_if_possible(*root_, work);
    }
    if (!is_at_work()) drop_abandoned_work();
  }
  if (remote || !lock_.is_open()) return;
  // Folders go only where nothing is left in them.
  const fs::path place(place_);
  const std::string work = (place / work_folder(fingerprint_)).string();
  for (const std::string& folder :
       {work + "/" + kStagedFolder, work, (place / kWorkFolder).string()}) {
    if (!fingerprint_.empty()) ::rmdir(folder.c_str());
  }
  for (const std::string& folder : made_folders_) ::rmdir(folder.c_str());
}

void OutputFolder::mark_discardable() { work_->write(kDiscardable, ""); }

ObjectStore& OutputFolder::work() { return *work_; }
ObjectStore& OutputFolder::staged() { return *staged_; }

std::string OutputFolder::scratch_folder() const {
  return is_remote(place_) ? system_scratch_folder() : (fs::path(place_) / kWorkFolder).string();
}

bool OutputFolder::is_announced() const { return is_current(claim(), *root_); }

bool OutputFolder::is_published_elsewhere() const {
  if (fingerprint_.empty()) return false;
  const std::optional<Publication> publication = find_publication(*root_, fingerprint_);
  return publication && publication->attempt != attempt_;
}

void OutputFolder::refuse_if_overtaken() {
  if (is_at_work() && (!is_announced() || is_published_elsewhere())) give_up_overtaken();
}

void OutputFolder::drop_abandoned_work() {
  if_possible([&] {
    const std::optional<WorkNote> note = read_work_note(*root_);
    if (note && note->claim.fingerprint == fingerprint_) return;  // another is at work on it
    root_->remove(work_folder(fingerprint_));
  });
}

void OutputFolder::give_up_overtaken() {
  announced_ = false;  // what lies there is no longer ours
  resumed_ = false;
  keep_work_ = false;
  throw Error(ErrorKind::kUnavailable,
              "writing to '" + place_ +
                  "': another run has begun anew or published there since this one looked; this "
                  "one leaves all as it is. Give each run its own folder; `pomona verify` reports "
                  "whether the results there are whole");
}

void OutputFolder::publish(const std::vector<Move>& moves) {
  staged_->write(kSuccess, "");
  const std::string record = record_of(*staged_);
  Publication publication{attempt_, {}};
  const std::string work = work_folder(fingerprint_) + "/";
  for (const Move& move : moves) publication.moves.push_back({work + move.from, move.to});
  const std::string staged = work + kStagedFolder + "/" + attempt_ + "/";
  staged_->list("", [&](const ObjectInfo& object) {
    publication.moves.push_back({staged + object.key, object.key});
  });
  refuse_if_overtaken();
  if (!announce(publication, fingerprint_, *root_)) give_up_overtaken();
  // Whoever published and cleaned up in between took work.json away first.
  if (!is_announced()) {
    remove_if_possible(*root_, publication_key(fingerprint_));
    give_up_overtaken();
  }
  published_ = true;  // from here on it can be brought to its end, so nothing is thrown away
  if (carry_out(publication, claim(), *root_)) {
    if_possible([&] { end_work(claim()); });
  } else if (!root_->exists(kSuccess) || record_of(*root_) != record) {
    give_up_overtaken();
  }  // else another process has ended this publication
}

}  // namespace pomona
