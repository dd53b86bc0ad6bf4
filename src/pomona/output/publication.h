// SPDX-License-Identifier: Apache-2.0
// The last step of a run: what it made is moved to its final names, `_SUCCESS` last. What is to be
// moved is written down first, so that whoever comes after a run that was killed in the middle of
// it brings it to its end. Each step may be done twice, also by two processes at once.
//
// A process that wakes after others have ended its publication, and perhaps begun another, changes
// nothing: it looks at work.json before each step, and `_SUCCESS` is a file of the attempt that is
// moved, so that it can only be put in place as long as that attempt's files are there. Any thread.
#pragma once

#include <optional>
#include <string>
#include <vector>

#include "pomona/base/json.h"
#include "pomona/storage/object_store.h"

namespace pomona {

struct Move {
  std::string from;
  std::string to;
};

struct Publication {
  std::string attempt;  // who publishes: a name that nobody else has
  std::vector<Move> moves;
};

// Which work, as work.json names it until it is published or thrown away.
struct WorkClaim {
  std::string fingerprint;
  std::string beginner;  // the attempt that wrote work.json
};

// work.json.
struct WorkNote {
  WorkClaim claim;
  Json content;  // all of it: who began the work has written down there how to go on with it
};
// None when there is none, it is damaged or does not name a work.
std::optional<WorkNote> read_work_note(const ObjectStore& root);
// Is that still the work that is done here?
bool is_current(const WorkClaim& claim, const ObjectStore& root);

// Where in the output folder the work `fingerprint` notes that it is being published.
std::string publication_key(const std::string& fingerprint);

// False when another attempt has announced itself before. One of the moves is that of `_SUCCESS`.
bool announce(const Publication& publication, const std::string& fingerprint, ObjectStore& root);
// None when nobody publishes that work, or when the note is damaged.
std::optional<Publication> find_publication(const ObjectStore& root,
                                            const std::string& fingerprint);

// Takes `_SUCCESS` and what is left of earlier results away, moves, and moves `_SUCCESS` once the
// rest would outlive a power cut. False when the claim has ended meanwhile: the rest is left as it
// is. Throws corrupt when something to be moved is neither at its old nor at its new place.
bool carry_out(const Publication& publication, const WorkClaim& claim, ObjectStore& root);

// Removes what is left of published work; nothing when that is done, or another has begun since.
// The note on the work goes when nothing else is there but that of the publication: whoever comes
// after a kill in between knows then what is left.
void end_work(const WorkClaim& claim, ObjectStore& root);

}  // namespace pomona
