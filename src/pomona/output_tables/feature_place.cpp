// SPDX-License-Identifier: Apache-2.0
#include "pomona/output_tables/feature_place.h"

#include <utility>

#include "pomona/base/error.h"
#include "pomona/dataset/input_options.h"
#include "pomona/storage/place.h"

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
std::optional<FeaturePlace> find_table(const std::string& place, const StoreOpener& stores) {
  const auto [parent, name] = split_place(place);
  if (name.ends_with(kExtension)) {
    auto store = stores.open(parent);
    if (store->exists(name)) return FeaturePlace{std::move(store), name, std::nullopt};
  }
  auto store = stores.open(place);
  if (has_parts(*store, "features"))
    return FeaturePlace{std::move(store), "features", std::nullopt};
  if (has_parts(*store, "") && !name.empty()) {
    return FeaturePlace{stores.open(parent), name, std::nullopt};
  }
  return std::nullopt;
}

}  // namespace

std::optional<FeaturePlace> find_features(const std::string& place, const StoreOpener& stores) {
  std::optional<FeaturePlace> found = find_table(place, stores);
  if (found && found->store->exists("run.json")) {
    found->run = parse_recorded_run(found->store->read("run.json"));
  }
  return found;
}

LabelRule label_rule_of(const FeaturePlace& features, const std::string& classes,
                        const StoreOpener& stores) {
  const RecordedRun run = features.run.value_or(RecordedRun());
  return open_label_rule(run.images, run.test, classes, stores);
}

std::vector<Crop> crops_of(const FeaturePlace& features) {
  return features.run.value_or(RecordedRun()).crops;
}

FeaturePlace open_features(const std::string& place, const StoreOpener& stores) {
  std::optional<FeaturePlace> found = find_features(place, stores);
  if (!found) {
    throw Error(ErrorKind::kNotFound,
                "opening features '" + place +
                    "': expected a folder made by `pomona extract` or `pomona run`, a "
                    "folder of .parquet files, or one .parquet file");
  }
  return std::move(*found);
}

}  // namespace pomona
