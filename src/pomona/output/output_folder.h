// SPDX-License-Identifier: Apache-2.0
// An output folder, written once: everything is made below `_pomona/` and moved to its place when
// all of it is there, the empty file `_SUCCESS` last. Whoever reads by `_SUCCESS` sees nothing or
// all.
//
//   _pomona/work.json               which work is unfinished here, and with which settings
//   _pomona/FINGERPRINT/            what of it is finished, to go on from
//   _pomona/FINGERPRINT/staged/A/   results of attempt A, a process
//   _pomona/FINGERPRINT/publication.json   what is being moved where
//
// Several processes may be at work on one place of a bucket: work.json is written once, so they all
// do the same work or refuse, and one of them publishes. In a folder of this machine a lock keeps
// all but one away, unless they share the work.
//
// Destroyed before publish() it removes what it staged; what is finished stays, so that the next
// run goes on from it. Where nothing is finished, nothing stays. Used by one thread at a time.
#pragma once

#include <map>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "pomona/base/json.h"
#include "pomona/output/publication.h"
#include "pomona/storage/object_store.h"
#include "pomona/storage/posix_file.h"
#include "pomona/storage/store_opener.h"

namespace pomona {

class OutputFolder {
 public:
  enum class Access { kAlone, kShared };

  // `place`: a folder, or s3://bucket/prefix, where publishing is by copies within the bucket.
  // Completes a publication that was interrupted. Throws invalid_input when the place lies
  // inside one of `inputs` or one of them inside it, unavailable while another run is at work in
  // the folder.
  OutputFolder(const std::string& place, const StoreOpener& stores,
               const std::vector<std::string>& inputs, Access access = Access::kAlone);
  ~OutputFolder();
  OutputFolder(const OutputFolder&) = delete;
  OutputFolder& operator=(const OutputFolder&) = delete;

  // Did a run come to its end here?
  bool is_complete() const { return content_.complete; }
  // What work.json records of work that has not come to its end; null: there is none.
  const Json* unfinished() const { return unfinished_ ? &unfinished_->content : nullptr; }
  // Is work.json there but not as it was written? What it recorded is lost then.
  bool is_damaged() const { return content_.work && !unfinished_; }
  const ObjectStore& root() const { return *root_; }
  const std::string& place() const { return place_; }
  // Of the work begun or gone on with; "" before.
  const std::string& fingerprint() const { return fingerprint_; }

  // Throws invalid_input when it holds anything and `force` is not given. With `force`, results of
  // an earlier run are replaced at publish(), as far as its SHA256SUMS lists them or this run makes
  // files of their names; other files stay. A folder without a run.json or work.json of ours is
  // refused all the same.
  void refuse_content(bool force) const;

  // Begins work in a place that does not refuse; unfinished work there is thrown away.
  void begin(const std::string& fingerprint);
  // Says so to others: `note` is read back as unfinished(). False when another run was first; its
  // work is to be shared, by resume(), or left alone. Throws unavailable when one has come to its
  // end here since this object looked.
  bool announce_work(Json note);
  // Goes on with what unfinished() describes.
  void resume();
  // For what is made in one go: refuses content, begins and says so. Throws unavailable when
  // another run is at work there.
  void begin_anew(bool force);

  // All of it after begin() or resume().
  ObjectStore& work();    // finished parts and the listing
  ObjectStore& staged();  // results of this attempt, under their final names
  // For RowFile: where on this machine rows are kept that are needed on the way and not published.
  std::string scratch_folder() const;
  // What lies in work() stays when this object goes before publish().
  void keep_work() { keep_work_ = true; }
  bool keeps_work() const { return keep_work_ && is_at_work(); }
  // … but gives way to whatever comes next: the photographs or options were refused in the end.
  void mark_discardable();
  // May other work take the place of what unfinished() describes?
  bool is_discardable() const { return content_.discardable; }

  // Does another process publish this very work just now?
  bool is_published_elsewhere() const;
  // Throws unavailable when the work begun or gone on with here is no longer that of this object:
  // another run has published meanwhile, does so now, or was given --force.
  void refuse_if_overtaken();

  // After another process has published this work and cleaned up, or has begun other work: removes
  // what this one wrote.
  void drop_abandoned_work();

  // Moves staged files, and those of work() that `moves` names, to their places. Throws unavailable
  // when another run has published there meanwhile, or does so now.
  void publish(const std::vector<Move>& moves);

 private:
  // What lies in the place already.
  struct Content {
    bool any = false;
    bool ours = false;                        // all results carry the mark of a run of ours
    bool success = false;                     // _SUCCESS: other programs write it as well
    bool complete = false;                    // … and ours: a run came to its end
    bool work = false;                        // there is a note on unfinished work
    bool others = false;                      // there is something beside unfinished work
    bool discardable = false;                 // other work may replace the unfinished one
    std::vector<std::string> published = {};  // fingerprints of work with a note of publication
  };

  Content look() const;
  void end_publication();
  void end_work(const WorkClaim& claim);
  void throw_unfinished_away();
  void open_work();
  void clean_up();
  bool is_at_work() const { return announced_ || resumed_; }
  WorkClaim claim() const { return {fingerprint_, beginner_}; }
  bool is_announced() const;
  [[noreturn]] void give_up_overtaken();

  std::string place_;
  const StoreOpener& stores_;
  std::vector<std::string> made_folders_;  // by this object, the innermost first
  Descriptor lock_;                        // of a local folder, as long as this object works in it
  Content content_;
  std::optional<WorkNote> unfinished_;
  std::string fingerprint_;
  std::string attempt_;
  std::string beginner_;    // the attempt that wrote work.json: who is given --force writes another
  bool alone_ = false;      // by a lock
  bool announced_ = false;  // by this object
  bool resumed_ = false;    // … or by another one
  bool keep_work_ = false;
  bool published_ = false;
  std::shared_ptr<ObjectStore> root_;
  std::shared_ptr<ObjectStore> work_;
  std::shared_ptr<ObjectStore> staged_;
};

}  // namespace pomona
