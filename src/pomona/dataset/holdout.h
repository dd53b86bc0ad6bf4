// SPDX-License-Identifier: Apache-2.0
// Which photographs a model may learn from, and which are kept to judge it. Any thread.
#pragma once

#include <cstddef>
#include <cstdint>
#include <regex>
#include <string>
#include <vector>

#include "pomona/base/scratch_memory.h"
#include "pomona/dataset/manifest.h"

namespace pomona {

// What belongs together and must stay on one side of a holdout.
struct Groups {
  bool given = false;  // by a pattern; otherwise every photograph is a group of its own
  ScratchVector<std::int32_t> of_row;  // number of the group of each row of the manifest
  ScratchVector<std::uint64_t> key;    // of each group: a hash of folder and captures (or the path)
  // Of each group, whether it holds copies with different labels, so that a test of it says
  // nothing: it stays on the side of training. Empty: none does.
  ScratchVector<std::uint8_t> mixed;
};

// Photographs of folders of one name whose file names give the same captures of `pattern`, an
// ECMAScript regular expression, are one group; without brackets the whole match is captured,
// without a match nothing. "" gives no groups. Throws invalid_input with what is wrong with the
// pattern, and when it fits no file name at all.
Groups find_groups(const Manifest& manifest, const std::string& pattern);

// Chooses about `share` of the rows among `candidates` (indices into manifest.rows) as test rows:
// whole groups, in the order of their keys and the seed. The share is one of all rows: a label
// whose own share is no whole number of groups gives the next lower or higher number, such that the
// sum over all labels comes out right. So the order of files never changes the choice, and files of
// another label change it by a group at most. Every label keeps at least one group to learn from;
// rows without a label are never chosen. Returns the chosen rows, ascending.
std::vector<std::size_t> choose_holdout(const Manifest& manifest,
                                        const std::vector<std::size_t>& candidates,
                                        const Groups& groups, double share, std::uint64_t seed);

// The reason why choose_holdout() chose none of the rows that are ok, and what to do; for a user.
std::string why_none_held_out(const Manifest& manifest, const Groups& groups, double share);

// Divides the rows among `candidates` that have a label into `count` folds, each to be judged by a
// fit on the others: whole groups, every label spread over the folds as evenly as its groups allow.
// A label of a single group is in no fold, since nothing would be left to learn it from. Which
// group goes where depends on sizes, keys and seed, not on the order of files. Folds are ascending.
std::vector<std::vector<std::size_t>> choose_folds(const Manifest& manifest,
                                                   const std::vector<std::size_t>& candidates,
                                                   const Groups& groups, std::size_t count,
                                                   std::uint64_t seed);

// Whether every group lies on one side alone, as the manifest divides its rows.
bool keeps_groups_whole(const Manifest& manifest, const Groups& groups);

// The parser of patterns calls itself for every bracket, so a long one could take all of the stack.
inline constexpr std::size_t kMostPatternBytes = 1000;

// A regular expression given in the field of an options struct; throws invalid_input that names it.
std::regex parse_pattern(const std::string& field, const std::string& pattern);

}  // namespace pomona
