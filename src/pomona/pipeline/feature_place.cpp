// SPDX-License-Identifier: Apache-2.0
#include "pomona/pipeline/feature_place.h"

#include <utility>

#include "pomona/base/error.h"
#include "pomona/storage/key.h"

namespace pomona {
namespace {

constexpr std::string_view kExtension = ".parquet";

// Parts right in the folder, not in one below it.
bool has_parts(const ObjectStore& store, std::string_view folder) {
  bool found = false;
  store.list(folder, [&](const ObjectInfo& object) {
    const std::string_view key = object.key;
    const std::size_t start = folder.empty() ? 0 : folder.size() + 1;
    found = found || (key.ends_with(kExtension) && key.find('/', start) == std::string_view::npos);
  });
  return found;
}

// The store that holds the table, and the name of the table in it.
struct Table {
  std::shared_ptr<const ObjectStore> store;
  std::string place;
};

std::optional<Table> find_table(const std::string& place, const StoreOptions& stores) {
  const auto [parent, name] = split_place(place);
  if (name.ends_with(kExtension)) {
    auto store = open_store(parent, stores);
    if (store->exists(name)) return Table{std::move(store), name};
  }
  auto store = open_store(place, stores);
  if (has_parts(*store, "features")) return Table{std::move(store), "features"};
  if (has_parts(*store, "") && !name.empty()) return Table{open_store(parent, stores), name};
  return std::nullopt;
}

}  // namespace

bool holds_features(const std::string& place, const StoreOptions& stores) {
  return find_table(place, stores).has_value();
}

FeaturePlace open_features(const std::string& place, const StoreOptions& stores) {
  const auto table = find_table(place, stores);
  if (!table) {
    throw Error(ErrorKind::kNotFound,
                "opening features '" + place +
                    "': expected a folder made by `pomona extract` or `pomona run`, a "
                    "folder of .parquet files, or one .parquet file");
  }
  FeaturePlace found{table->store, table->place, std::nullopt};
  if (found.store->exists("run.json")) {
    found.run_record = parse_json(found.store->read("run.json"), "run.json beside the features");
  }
  return found;
}

}  // namespace pomona
