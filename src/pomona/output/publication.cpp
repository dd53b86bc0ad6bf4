// SPDX-License-Identifier: Apache-2.0
#include "pomona/output/publication.h"

#include <algorithm>
#include <set>

#include "pomona/base/error.h"
#include "pomona/base/parallel.h"
#include "pomona/output/checked_json.h"
#include "pomona/output/output_names.h"

namespace pomona {
namespace {

constexpr const char* kPublication = "publication.json";

// Results of an earlier run that this one does not replace. Whole folders go as such, so that a
// local one does not stay behind empty.
void remove_stale(const std::set<std::string>& made, ObjectStore& root) {
  const auto top_of = [](const std::string& key) { return key.substr(0, key.find('/')); };
  std::set<std::string> tops;
  for (const std::string& key : made) tops.insert(top_of(key));
  std::set<std::string> stale;
  root.list("", [&](const ObjectInfo& object) {
    if (!is_output(object.key) || made.contains(object.key)) return;
    const std::string top = top_of(object.key);
    const bool is_all_ours = top != kComposedFolder;
    stale.insert(is_all_ours && !tops.contains(top) ? top : object.key);
  });
  for (const std::string& key : stale) root.remove(key);
}

// Is nothing at its old place any more? Who comes late then does not take results from readers.
bool is_moved(const Publication& publication, const ObjectStore& root) {
  std::set<std::string> left;
  root.list(kWorkFolder, [&](const ObjectInfo& object) { left.insert(object.key); });
  return std::ranges::none_of(publication.moves,
                              [&](const Move& move) { return left.contains(move.from); });
}

void move_unless_moved(const Move& move, ObjectStore& root) {
  try {
    root.move(move.from, move.to);
    return;
  } catch (const Error& error) {
    if (error.kind() != ErrorKind::kNotFound) throw;
  }
  if (root.exists(move.to)) return;
  throw Error(ErrorKind::kCorrupt, "publishing in '" + root.describe() + "': '" + move.from +
                                       "' is gone, and not at its place '" + move.to +
                                       "'; run `pomona clean`, then the run again");
}

}  // namespace

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
  if (!note) return std::nullopt;
  Publication publication{note->at("attempt").get<std::string>(), {}};
  for (const Json& move : note->at("moves")) {
    publication.moves.push_back({move.at(0).get<std::string>(), move.at(1).get<std::string>()});
  }
  return publication;
}

void carry_out(const Publication& publication, ObjectStore& root) {
  std::set<std::string> made;
  for (const Move& move : publication.moves) made.insert(move.to);
  if (!is_moved(publication, root)) {
    root.remove(kSuccess);
    remove_stale(made, root);
  }
  parallel_for(publication.moves.size(), std::max<std::size_t>(root.concurrent_reads(), 1),
               [&](std::size_t i, std::size_t) { move_unless_moved(publication.moves[i], root); });
  root.settle();
  if (!root.write_if_absent(kSuccess, "")) {
    throw Error(ErrorKind::kUnavailable,
                "publishing in '" + root.describe() +
                    "': another program has written _SUCCESS there meanwhile; give each run its "
                    "own folder");
  }
}

void end_work(const std::string& fingerprint, const std::string& beginner, ObjectStore& root) {
  const std::optional<Json> note = read_checked_json(root, kWorkNote);
  if (!note || note->at("attempt") != beginner) return;
  root.settle();  // the marker is there before what it could be made from again goes
  const std::string folder = work_folder(fingerprint) + "/";
  std::set<std::string> tops;
  root.list(work_folder(fingerprint), [&](const ObjectInfo& object) {
    const std::string name = object.key.substr(folder.size());
    tops.insert(name.substr(0, name.find('/')));
  });
  tops.erase(kPublication);
  for (const std::string& top : tops) root.remove(folder + top);
  root.remove(kWorkNote);
  root.remove(work_folder(fingerprint));
}

}  // namespace pomona
