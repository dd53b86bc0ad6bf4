// SPDX-License-Identifier: Apache-2.0
#include "pomona/dataset/files/verify_listing.h"

#include <algorithm>
#include <string_view>
#include <utility>

#include "pomona/base/error.h"

namespace pomona {
namespace {

std::pair<Split, std::string_view> key_of(const ManifestRow& row) { return {row.split, row.path}; }

// Files that a fresh listing has otherwise.
class Difference {
 public:
  explicit Difference(std::string how) : how_(std::move(how)) {}

  void note(const ManifestRow& row) {
    if (count_++ == 0) first_ = row.path;
  }
  // "2 files are …, the first is 'a/1.jpg'; ", or nothing.
  std::string text() const {
    if (count_ == 0) return "";
    return std::to_string(count_) + (count_ == 1 ? " file is " : " files are ") + how_ +
           ", the first is '" + std::string(first_) + "'; ";
  }

 private:
  std::string how_;
  std::size_t count_ = 0;
  std::string_view first_;
};

}  // namespace

std::string compare_listing(const ImageRoots& roots, const Manifest& manifest) {
  const bool two_roots = roots.test != nullptr;
  const auto side = [&](Split split) { return two_roots ? split : Split::kTrain; };
  Manifest listed;
  const auto list = [&](const ObjectStore& store, Split split) {
    store.list("", [&](const ObjectInfo& object) {
      listed.rows.push_back({listed.texts->keep(object.key), object.bytes, 0, split});
    });
  };
  list(*roots.images, Split::kTrain);
  if (two_roots) list(*roots.test, Split::kTest);
  sort_rows(listed);
  ScratchVector<ManifestRow> recorded = manifest.rows;
  for (ManifestRow& row : recorded) row.split = side(row.split);
  std::ranges::sort(recorded, {}, key_of);
  Difference added("in the folder but not in the manifest");
  Difference gone("in the manifest but no longer in the folder");
  Difference changed("of another size than in the manifest");
  auto now = listed.rows.begin();
  auto then = recorded.begin();
  while (now != listed.rows.end() || then != recorded.end()) {
    const bool is_new =
        then == recorded.end() || (now != listed.rows.end() && key_of(*now) < key_of(*then));
    const bool is_gone = !is_new && (now == listed.rows.end() || key_of(*then) < key_of(*now));
    if (is_new) {
      added.note(*now++);
    } else if (is_gone) {
      gone.note(*then++);
    } else {
      if (now->bytes != then->bytes) changed.note(*now);
      ++now;
      ++then;
    }
  }
  const std::string differences = added.text() + gone.text() + changed.text();
  if (!differences.empty()) {
    throw Error(ErrorKind::kCorrupt, differences + "the photographs have changed since the run");
  }
  return "listing: " + std::to_string(recorded.size()) +
         " files found anew, each in the manifest once with its size";
}

}  // namespace pomona
