// SPDX-License-Identifier: Apache-2.0
// The small pictures that lie beside a feature table, for verbs that read features and no
// photographs.
#pragma once

#include <memory>
#include <string>

#include "pomona/dataset/table_rows.h"
#include "pomona/extract/small_pictures.h"
#include "pomona/output_tables/feature_place.h"

namespace pomona {

// Those of `rows` that there are, none of dropped classes. Null where the table is in no output
// folder or its run kept no pictures. `scratch_folder` as for SmallPictures. Throws corrupt for a
// picture of another size.
std::unique_ptr<SmallPictures> pictures_of_features(const FeaturePlace& features,
                                                    const TableRows& rows,
                                                    const std::string& scratch_folder);

}  // namespace pomona
