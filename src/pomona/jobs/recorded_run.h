// SPDX-License-Identifier: Apache-2.0
// What run.json beside a feature table records of the run that made it. It may be of another
// version or of another program: all of it throws corrupt for JSON of another shape. Any thread.
#pragma once

#include <cstddef>
#include <string>
#include <vector>

#include "pomona/base/json.h"
#include "pomona/dataset/scan.h"
#include "pomona/features/extract_setup.h"
#include "pomona/output_tables/feature_place.h"

namespace pomona {

// Throws invalid_input where no run.json names a backbone: without it there is no training. `place`
// is for the message.
const Json& record_of_features(const FeaturePlace& features, const std::string& place);

// Throws not_found when the backbone is not installed in `models`, invalid_input when another one
// is under its name.
ExtractSetup recorded_setup(const Json& record, const std::string& models,
                            const std::string& place);

SplitOptions recorded_split_options(const Json& record);
SplitKind recorded_split_kind(const Json& record, std::size_t test_rows);

// Names of the sources of training photographs.
std::vector<std::string> recorded_sources(const Json& record);
// The file of --classes; "": none.
std::string recorded_classes(const Json& record);

}  // namespace pomona
