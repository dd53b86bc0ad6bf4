// SPDX-License-Identifier: Apache-2.0
// What training takes over from the run that made its features. Any thread.
#pragma once

#include <cstddef>
#include <string>
#include <vector>

#include "pomona/dataset/scan.h"
#include "pomona/features/extract_setup.h"
#include "pomona/output_tables/feature_place.h"

namespace pomona {

// Throws invalid_input where no run.json names a backbone: without it there is no training. `place`
// is for the message.
const RecordedRun& run_of_features(const FeaturePlace& features, const std::string& place);

// How its features were made. `run`: as run_of_features() returns it.
const RecordedExtraction& recorded_extraction(const RecordedRun& run);

// Throws not_found when the backbone is not installed in `models`, invalid_input when another one
// is under its name. `run`: as run_of_features() returns it.
ExtractSetup recorded_setup(const RecordedRun& run, const std::string& models,
                            const std::string& place);

SplitKind recorded_split_kind(const RecordedRun& run, std::size_t test_rows);

// Names of the sources of training photographs.
std::vector<std::string> recorded_sources(const RecordedRun& run);

}  // namespace pomona
