// SPDX-License-Identifier: Apache-2.0
#include "pomona/storage/joined_store.h"

#include <algorithm>

#include "pomona/storage/key.h"

namespace pomona {
namespace {

struct PartAndKey {
  const ObjectStore* store = nullptr;  // none: no store has that name
  std::string_view name;
  std::string_view key;  // in it
};

PartAndKey locate(const JoinedStore::Parts& parts, std::string_view key) {
  const std::size_t slash = std::min(key.find('/'), key.size());
  PartAndKey place;
  place.name = key.substr(0, slash);
  place.key = key.substr(std::min(slash + 1, key.size()));
  const auto found = parts.find(place.name);
  if (found != parts.end()) place.store = found->second.get();
  return place;
}

// The same for an object, which no store is itself.
PartAndKey locate_object(const JoinedStore::Parts& parts, std::string_view key) {
  check_key(key, "reading");
  const PartAndKey place = locate(parts, key);
  if (place.store == nullptr || place.key.empty()) {
    throw Error(ErrorKind::kNotFound,
                "reading '" + std::string(key) + "': no place of that name was joined");
  }
  return place;
}

[[noreturn]] void refuse_to_write(std::string_view key) {
  throw Error(ErrorKind::kInternal, "writing '" + std::string(key) + "' to joined places");
}

}  // namespace

std::string JoinedStore::describe() const {
  std::string text;
  for (const auto& [name, store] : parts_) {
    text += (text.empty() ? "" : ", ") + name + "=" + store->describe();
  }
  return text;
}

void JoinedStore::list(std::string_view prefix,
                       const std::function<void(const ObjectInfo&)>& found) const {
  const auto list_part = [&](std::string_view name, const ObjectStore& store,
                             std::string_view below) {
    store.list(below, [&](const ObjectInfo& object) {
      ObjectInfo joined = object;
      joined.key = std::string(name) + "/" + object.key;
      found(joined);
    });
  };
  if (prefix.empty()) {
    for (const auto& [name, store] : parts_) list_part(name, *store, "");
    return;
  }
  const PartAndKey place = locate(parts_, prefix);
  if (place.store != nullptr) list_part(place.name, *place.store, place.key);
}

bool JoinedStore::exists(std::string_view key) const {
  const PartAndKey place = locate(parts_, key);
  return place.store != nullptr && !place.key.empty() && place.store->exists(place.key);
}

void JoinedStore::read(std::string_view key, std::uint64_t max_bytes, std::string& bytes,
                       std::string_view version) const {
  const PartAndKey place = locate_object(parts_, key);
  place.store->read(place.key, max_bytes, bytes, version);
}

std::size_t JoinedStore::concurrent_reads() const {
  std::size_t most = 0;
  for (const auto& [name, store] : parts_) most = std::max(most, store->concurrent_reads());
  return most;
}

std::unique_ptr<ObjectReader> JoinedStore::open(std::string_view key) const {
  const PartAndKey place = locate_object(parts_, key);
  return place.store->open(place.key);
}

std::unique_ptr<ObjectWriter> JoinedStore::create(std::string_view key) { refuse_to_write(key); }
bool JoinedStore::write_if_absent(std::string_view key, std::string_view) { refuse_to_write(key); }
void JoinedStore::move(std::string_view, std::string_view to) { refuse_to_write(to); }
void JoinedStore::remove(std::string_view key) { refuse_to_write(key); }
void JoinedStore::remove_objects(const std::vector<std::string>& keys) {
  if (!keys.empty()) refuse_to_write(keys.front());
}
std::size_t JoinedStore::remove_unfinished(const std::vector<std::string>&, bool) { return 0; }

}  // namespace pomona
