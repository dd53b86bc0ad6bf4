// SPDX-License-Identifier: Apache-2.0
#include "pomona/output/publication.h"

#include <algorithm>
#include <atomic>
#include <set>
#include <utility>

#include "pomona/base/error.h"
#include "pomona/base/parallel.h"
#include "pomona/output/checked_json.h"
#include "pomona/output/earlier_results.h"
#include "pomona/output/output_names.h"

namespace pomona {
namespace {

constexpr const char* kPublication = "publication.json";

bool has_text(const Json& note, const char* name) {
  const auto found = note.find(name);
  return found != note.end() && found->is_string();
}

bool is_success(const Move& move) { return move.to == kSuccess; }

// Is nothing at its old place any more? Who comes late then does not take results from readers.
bool is_moved(const Publication& publication, const ObjectStore& root) {
  std::set<std::string> left;
  root.list(kWorkFolder, [&](const ObjectInfo& object) { left.insert(object.key); });
  return std::ranges::none_of(publication.moves,
                              [&](const Move& move) { return left.contains(move.from); });
}

// Whoever woke late removes nothing of a run that has published since.
bool make_way(const Publication& publication, const WorkClaim& claim, ObjectStore& root) {
  if (!is_current(claim, root)) return false;
  root.remove(kSuccess);
  std::set<std::string> made;
  for (const Move& move : publication.moves) made.insert(move.to);
  for (const std::string& key : stale_results(made, root)) {
    if (!is_current(claim, root)) return false;
    root.remove(key);
  }
  return true;
}

// Another process may have moved it before.
bool move_if_current(const Move& move, const WorkClaim& claim, ObjectStore& root) {
  if (!is_current(claim, root)) return false;
  try {
    root.move(move.from, move.to);
    return true;
  } catch (const Error& error) {
    if (error.kind() != ErrorKind::kNotFound) throw;
  }
  const bool is_there = root.exists(move.to);
  if (!is_current(claim, root)) return false;
  if (is_there) return true;
  throw Error(ErrorKind::kCorrupt, "publishing in '" + root.describe() + "': '" + move.from +
                                       "' is gone, and not at its place '" + move.to +
                                       "'; run `pomona clean`, then the run again");
}

std::optional<std::vector<Move>> moves_from(const Json& list) {
  std::vector<Move> moves;
  for (const Json& move : list) {
    const bool is_pair =
        move.is_array() && move.size() == 2 && move[0].is_string() && move[1].is_string();
    if (!is_pair) return std::nullopt;
    moves.push_back({move[0].get<std::string>(), move[1].get<std::string>()});
  }
  if (std::ranges::count_if(moves, is_success) != 1) return std::nullopt;
  return moves;
}

}  // namespace

std::optional<WorkNote> read_work_note(const ObjectStore& root) {
  std::optional<Json> json = read_checked_json(root, kWorkNote);
  if (!json || !has_text(*json, "fingerprint") || !has_text(*json, "attempt")) return std::nullopt;
  WorkClaim claim{json->at("fingerprint").get<std::string>(),
                  json->at("attempt").get<std::string>()};
  return WorkNote{std::move(claim), std::move(*json)};
}

bool is_current(const WorkClaim& claim, const ObjectStore& root) {
  const std::optional<WorkNote> note = read_work_note(root);
  return note && note->claim.fingerprint == claim.fingerprint &&
         note->claim.beginner == claim.beginner;
}

std::string publication_key(const std::string& fingerprint) {
  return work_folder(fingerprint) + "/" + kPublication;
}

bool announce(const Publication& publication, const std::string& fingerprint, ObjectStore& root) {
  Json moves = Json::array();
  for (const Move& move : publication.moves) moves.push_back({move.from, move.to});
  const Json note = {{"attempt", publication.attempt}, {"moves", std::move(moves)}};
  return root.write_if_absent(publication_key(fingerprint), print_checked_json(note));
}

std::optional<Publication> find_publication(const ObjectStore& root,
                                            const std::string& fingerprint) {
  const std::optional<Json> note = read_checked_json(root, publication_key(fingerprint));
  if (!note || !has_text(*note, "attempt") || !note->contains("moves")) return std::nullopt;
  std::optional<std::vector<Move>> moves = moves_from(note->at("moves"));
  if (!moves) return std::nullopt;
  return Publication{note->at("attempt").get<std::string>(), std::move(*moves)};
}

bool carry_out(const Publication& publication, const WorkClaim& claim, ObjectStore& root) {
  if (!is_moved(publication, root) && !make_way(publication, claim, root)) return false;
  std::atomic<bool> is_overtaken = false;
  parallel_for(publication.moves.size(), std::max<std::size_t>(root.concurrent_reads(), 1),
               [&](std::size_t i, std::size_t) {
                 const Move& move = publication.moves[i];
                 if (is_success(move) || is_overtaken) return;
                 if (!move_if_current(move, claim, root)) is_overtaken = true;
               });
  if (is_overtaken) return false;
  root.settle();
  const auto success = std::ranges::find_if(publication.moves, is_success);
  return move_if_current(*success, claim, root);
}

void end_work(const WorkClaim& claim, ObjectStore& root) {
  if (!is_current(claim, root)) return;
  root.settle();  // the marker is there before what it could be made from again goes
  const std::string folder = work_folder(claim.fingerprint) + "/";
  std::set<std::string> tops;
  root.list(work_folder(claim.fingerprint), [&](const ObjectInfo& object) {
    const std::string name = object.key.substr(folder.size());
    tops.insert(name.substr(0, name.find('/')));
  });
  tops.erase(kPublication);
  for (const std::string& top : tops) {
    if (!is_current(claim, root)) return;
    root.remove(folder + top);
  }
  if (!is_current(claim, root)) return;
  root.remove(kWorkNote);
  root.remove(work_folder(claim.fingerprint));
}

}  // namespace pomona
