// SPDX-License-Identifier: Apache-2.0
// Where a feature table lies, from what a user calls it: an output folder, the `features` folder in
// one, another folder of Parquet parts, or one Parquet file. Any thread.
#pragma once

#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "pomona/dataset/labeller.h"
#include "pomona/output_tables/recorded_run.h"
#include "pomona/storage/object_store.h"
#include "pomona/storage/store_opener.h"

namespace pomona {

struct FeaturePlace {
  std::shared_ptr<const ObjectStore> store;
  std::string place;               // as TableReader takes it
  std::optional<RecordedRun> run;  // that made it, where run.json is beside
};

// None where a place looks like photographs rather than features. Throws corrupt for a run.json of
// another shape.
std::optional<FeaturePlace> find_features(const std::string& place, const StoreOpener& stores);

// How --classes (""; labels stay as they are) names the photographs that a feature table was made
// of: whether their keys begin with their source stands in run.json.
LabelRule label_rule_of(const FeaturePlace& features, const std::string& classes,
                        const StoreOpener& stores);

// Which crops a row holds the features of, as run.json records; one where it records none.
std::vector<Crop> crops_of(const FeaturePlace& features);

// Throws not_found with what was looked for where there are none.
FeaturePlace open_features(const std::string& place, const StoreOpener& stores);

}  // namespace pomona
