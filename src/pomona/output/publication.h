// SPDX-License-Identifier: Apache-2.0
// The last step of a run: what it made is moved to its final names, `_SUCCESS` last. What is to be
// moved is written down first, so that whoever comes after a run that was killed in the middle of
// it brings it to its end. Each step may be done twice, also by two processes at once.
#pragma once

#include <optional>
#include <string>
#include <vector>

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

// Where in the output folder the work `fingerprint` notes that it is being published.
std::string publication_key(const std::string& fingerprint);

// False when another attempt has announced itself before.
bool announce(const Publication& publication, const std::string& fingerprint, ObjectStore& root);
// None when nobody publishes that work, or when the note is damaged.
std::optional<Publication> find_publication(const ObjectStore& root,
                                            const std::string& fingerprint);

// Takes `_SUCCESS` and what is left of earlier results away, moves, and writes `_SUCCESS` once the
// rest would outlive a power cut. Throws corrupt when something to be moved is neither at its old
// nor at its new place.
void carry_out(const Publication& publication, ObjectStore& root);

// Removes what is left of published work that the attempt `beginner` began; nothing when that is
// done, or another has begun since. The note on the work goes when nothing else is there but that
// of the publication: whoever comes after a kill in between knows then what is left.
void end_work(const std::string& fingerprint, const std::string& beginner, ObjectStore& root);

}  // namespace pomona
