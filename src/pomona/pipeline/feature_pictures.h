// SPDX-License-Identifier: Apache-2.0
// The small pictures that lie beside a feature table, for verbs that read features and no
// photographs.
#pragma once

#include <memory>
#include <string>

#include "pomona/pipeline/feature_place.h"
#include "pomona/pipeline/small_pictures.h"
#include "pomona/pipeline/table_rows.h"

namespace pomona {

// Those of `rows` that there are, none of dropped classes. Null where the table is in no output
// folder or its run kept no pictures. `scratch_path` as for SmallPictures. Throws corrupt for a
// picture of another size.
std::unique_ptr<SmallPictures> pictures_of_features(const FeaturePlace& features,
                                                    const TableRows& rows,
                                                    const std::string& scratch_path);

}  // namespace pomona
