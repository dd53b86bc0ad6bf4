// SPDX-License-Identifier: Apache-2.0
// Where a feature table lies, from what a user calls it: an output folder, the `features` folder in
// one, another folder of Parquet parts, or one Parquet file.
#pragma once

#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "pomona/base/json.h"
#include "pomona/dataset/labeller.h"
#include "pomona/features/crop.h"
#include "pomona/storage/object_store.h"
#include "pomona/storage/store_opener.h"

namespace pomona {

struct FeaturePlace {
  std::shared_ptr<const ObjectStore> store;
  std::string place;               // as TableReader takes it
  std::optional<Json> run_record;  // run.json of the run that made it, where it is beside
};

// None where a place looks like photographs rather than features.
std::optional<FeaturePlace> find_features(const std::string& place, const StoreOpener& stores);

// How --classes (""; labels stay as they are) names the photographs that a feature table was made
// of: whether their keys begin with their source stands in run.json.
LabelRule label_rule_of(const FeaturePlace& features, const std::string& classes,
                        const StoreOpener& stores);

// The crops whose features a row holds, as recorded in run.json; one where run.json has none.
std::vector<Crop> crops_of(const FeaturePlace& features);
std::vector<Crop> recorded_crops(const Json& run_record);

// Throws not_found with what was looked for where there are none.
FeaturePlace open_features(const std::string& place, const StoreOpener& stores);

}  // namespace pomona
